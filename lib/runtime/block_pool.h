// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <new>

#include "base/mutex.h"

namespace sublet::runtime {

// Keeps freed blocks of one size for the next time: a few for each thread, more for all of them.
// Invocations are made on the callers' threads and freed on workers: through malloc each would come
// from one arena and go back to it contended, and bursts would return their pages to the kernel
// only to fault them in again.
template <std::size_t kSize>
class BlockPool {
 public:
  static constexpr std::size_t kMostKept = 1024;

  static void* take() {
    Local& local = Local::instance();
    if (local.count == 0) Shared::instance().fill(local);
    if (local.count == 0) return ::operator new(kSize);
    return local.blocks[--local.count];
  }

  static void give_back(void* block) noexcept {
    Local& local = Local::instance();
    if (local.count == kLocal) Shared::instance().drain(local, kLocal / 2);
    local.blocks[local.count++] = block;
  }

 private:
  static constexpr std::size_t kLocal = 16;

  // One thread's.
  struct Local {
    std::array<void*, kLocal> blocks;
    std::size_t count = 0;

    static Local& instance() {
      thread_local Local local;
      return local;
    }
    ~Local() { Shared::instance().drain(*this, 0); }
  };

  // All threads'. Never destroyed: blocks may be freed late.
  class Shared {
   public:
    static Shared& instance() {
      static Shared& shared = *new Shared;
      return shared;
    }

    // Half of what a thread keeps, as far as there is something.
    void fill(Local& local) SUBLET_EXCLUDES(mutex_) {
      base::MutexLock lock(mutex_);
      while (count_ > 0 && local.count < kLocal / 2)
        local.blocks[local.count++] = blocks_[--count_];
    }

    // Takes from the thread what it has above `keep`.
    void drain(Local& local, std::size_t keep) noexcept SUBLET_EXCLUDES(mutex_) {
      {
        base::MutexLock lock(mutex_);
        while (local.count > keep && count_ < kMostKept) {
          blocks_[count_++] = local.blocks[--local.count];
        }
      }
      while (local.count > keep) ::operator delete(local.blocks[--local.count]);
    }

   private:
    base::Mutex mutex_;
    std::array<void*, kMostKept> blocks_ SUBLET_GUARDED_BY(mutex_);
    std::size_t count_ SUBLET_GUARDED_BY(mutex_) = 0;
  };
};

// For std::allocate_shared().
template <typename T>
struct PoolAllocator {
  using value_type = T;

  PoolAllocator() = default;
  template <typename Other>
  PoolAllocator(const PoolAllocator<Other>&) noexcept {}  // NOLINT: implicit, as allocators are

  T* allocate(std::size_t) { return static_cast<T*>(BlockPool<sizeof(T)>::take()); }
  void deallocate(T* memory, std::size_t) noexcept { BlockPool<sizeof(T)>::give_back(memory); }
  template <typename Other>
  friend bool operator==(const PoolAllocator&, const PoolAllocator<Other>&) noexcept {
    return true;
  }
};

}  // namespace sublet::runtime
