// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/mutex.h"

namespace sublet::engine {

// Is told on the committing thread, inside V8.
class PageWatcher {
 public:
  // One piece larger than the account expects was committed.
  virtual void on_large_piece() noexcept = 0;
  // The watched mark was passed; not told again until the next watch().
  virtual void on_mark_passed() noexcept = 0;

 protected:
  ~PageWatcher() = default;
};

// What one isolate has committed of the process, and how much it may. Any thread.
class PageAccount {
 public:
  explicit PageAccount(PageWatcher& watcher) noexcept : watcher_(watcher) {}
  PageAccount(const PageAccount&) = delete;
  PageAccount& operator=(const PageAccount&) = delete;

  // False, and nothing taken, where `bytes` more would pass the cap.
  bool try_take(std::uint64_t bytes) noexcept {
    const std::uint64_t after = committed_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    if (after > cap_.load(std::memory_order_relaxed)) {
      give_back(bytes);
      refused_.store(true, std::memory_order_relaxed);
      return false;
    }
    if (bytes > piece_.load(std::memory_order_relaxed)) watcher_.on_large_piece();
    if (after > mark_.load(std::memory_order_relaxed)) {
      watch(kNever);
      watcher_.on_mark_passed();
    }
    return true;
  }
  void give_back(std::uint64_t bytes) noexcept {
    committed_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  std::uint64_t committed() const noexcept { return committed_.load(std::memory_order_relaxed); }
  // `piece`: what a single request may be without the watcher being told.
  void set_limits(std::uint64_t cap, std::uint64_t piece) noexcept {
    cap_.store(cap, std::memory_order_relaxed);
    piece_.store(piece, std::memory_order_relaxed);
  }
  // The mark of which the watcher is told next.
  void watch(std::uint64_t mark) noexcept { mark_.store(mark, std::memory_order_relaxed); }
  // Whether anything was ever refused: V8 may have given the isolate up.
  bool refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kNever = UINT64_MAX;

  PageWatcher& watcher_;
  std::atomic<std::uint64_t> committed_{0};
  std::atomic<std::uint64_t> cap_{kNever};
  std::atomic<std::uint64_t> piece_{kNever};
  std::atomic<std::uint64_t> mark_{kNever};
  std::atomic<bool> refused_{false};
};

// Which ranges of memory are accessible, and whose account they are charged to. Thread-safe; the
// caller owns the ranges that it names, as V8 owns the pages that it asks for.
class PageLedger {
 public:
  // Charges what is not accessible yet of [start, start + length) to `owner`, which may be null.
  // False, and nothing changed, where that passes the owner's cap.
  bool commit(std::uintptr_t start, std::size_t length, PageAccount* owner);

  // Gives what is accessible of the range back to whom it was charged to.
  void release(std::uintptr_t start, std::size_t length);

  // An account that ends: what is still charged to it belongs to nobody any more.
  void forget(const PageAccount& owner);

  // Gives the memory behind what `owner` has committed back to the system, and to its account. The
  // ranges stay where they are, and read as zeros: for an isolate that never runs again.
  void discard(PageAccount& owner);

 private:
  struct Range {
    std::uintptr_t end;
    PageAccount* owner;
  };
  using Ranges = std::map<std::uintptr_t, Range>;

  // The first range that ends behind `start`.
  Ranges::iterator first_after(std::uintptr_t start) SUBLET_REQUIRES(mutex_);
  std::size_t missing(std::uintptr_t start, std::uintptr_t end) SUBLET_REQUIRES(mutex_);

  base::Mutex mutex_;
  Ranges ranges_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::engine
