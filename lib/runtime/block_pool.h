// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>

#include "base/mutex.h"

namespace sublet::runtime {

// Keeps freed blocks of one size for the next time. Invocations are made on the callers' threads
// and freed on workers: through malloc each would come from one arena and go back to it contended,
// and bursts would return their pages to the kernel only to fault them in again.
template <std::size_t kSize>
class BlockPool {
 public:
  static constexpr std::size_t kMostKept = 1024;

  // One for the process, never destroyed: blocks may be freed late.
  static BlockPool& instance() {
    static BlockPool& pool = *new BlockPool;
    return pool;
  }

  void* take() SUBLET_EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (free_ != nullptr) {
        Block* block = free_;
        free_ = block->next;
        --kept_;
        return block;
      }
    }
    return ::operator new(kSize);
  }

  void give_back(void* memory) noexcept SUBLET_EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (kept_ < kMostKept) {
        free_ = new (memory) Block{free_};
        ++kept_;
        return;
      }
    }
    ::operator delete(memory);
  }

 private:
  struct Block {
    Block* next;
  };
  static_assert(kSize >= sizeof(Block));

  base::Mutex mutex_;
  Block* free_ SUBLET_GUARDED_BY(mutex_) = nullptr;
  std::size_t kept_ SUBLET_GUARDED_BY(mutex_) = 0;
};

// For std::allocate_shared().
template <typename T>
struct PoolAllocator {
  using value_type = T;

  PoolAllocator() = default;
  template <typename Other>
  PoolAllocator(const PoolAllocator<Other>&) noexcept {}  // NOLINT: implicit, as allocators are

  T* allocate(std::size_t) { return static_cast<T*>(BlockPool<sizeof(T)>::instance().take()); }
  void deallocate(T* memory, std::size_t) noexcept {
    BlockPool<sizeof(T)>::instance().give_back(memory);
  }
  template <typename Other>
  friend bool operator==(const PoolAllocator&, const PoolAllocator<Other>&) noexcept {
    return true;
  }
};

}  // namespace sublet::runtime
