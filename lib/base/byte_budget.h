// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace sublet::base {

// A counter of bytes with a ceiling. Lock-free; any thread.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t limit) noexcept : limit_(limit) {}

  // False, and nothing taken, where `bytes` more would pass the limit (unless not enforcing).
  bool try_take(std::uint64_t bytes) noexcept {
    std::uint64_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit() || used > limit() - bytes) {
        refused_.store(true, std::memory_order_relaxed);
        if (enforcing_.load(std::memory_order_relaxed)) return false;
      }
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    raise_peak(used + bytes);
    return true;
  }
  void give_back(std::uint64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  void set_limit(std::uint64_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
  void set_enforcing(bool on) noexcept { enforcing_.store(on, std::memory_order_relaxed); }

  std::uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  // The largest use since the last call; the next interval starts at the present use.
  std::uint64_t take_peak() noexcept { return peak_.exchange(used(), std::memory_order_relaxed); }
  // Whether the limit was passed since the last call.
  bool take_refused() noexcept { return refused_.exchange(false, std::memory_order_relaxed); }

 private:
  void raise_peak(std::uint64_t used) noexcept {
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < used && !peak_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
    }
  }

  std::atomic<std::uint64_t> limit_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> peak_{0};
  std::atomic<bool> refused_{false};
  std::atomic<bool> enforcing_{true};
};

}  // namespace sublet::base
