// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/mutex.h"

namespace sublet::engine {

// What one isolate has committed of the process, and how much it may. Any thread.
class PageAccount {
 public:
  explicit PageAccount(std::uint64_t cap) noexcept : cap_(cap) {}
  PageAccount(const PageAccount&) = delete;
  PageAccount& operator=(const PageAccount&) = delete;

  // False, and nothing taken, where `bytes` more would pass the cap.
  bool try_take(std::uint64_t bytes) noexcept {
    const std::uint64_t before = committed_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= cap_.load(std::memory_order_relaxed)) return true;
    give_back(bytes);
    refused_.store(true, std::memory_order_relaxed);
    return false;
  }
  void give_back(std::uint64_t bytes) noexcept {
    committed_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  std::uint64_t committed() const noexcept { return committed_.load(std::memory_order_relaxed); }
  std::uint64_t cap() const noexcept { return cap_.load(std::memory_order_relaxed); }
  void set_cap(std::uint64_t cap) noexcept { cap_.store(cap, std::memory_order_relaxed); }
  // Whether anything was ever refused: V8 may have given the isolate up.
  bool refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> cap_;
  std::atomic<std::uint64_t> committed_{0};
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
