// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "bench/measure.h"

namespace sublet::bench {

// The one queue of the raw fleet: first in, first out, under a mutex. Thread-safe.
class RawQueue {
 public:
  struct Call {
    std::uint32_t tenant = 0;
    std::uint64_t accepted_ns = 0;
  };

  // Borrows `sequence`, which says whose turn it is; `count` turns from `position` on.
  RawQueue(const std::vector<std::uint32_t>& sequence, std::size_t position, std::size_t count)
      : sequence_(sequence), position_(position), left_(count), untaken_(count) {}

  // The next turn, unless all have been given.
  void push_next() {
    {
      std::lock_guard lock(mutex_);
      if (left_ == 0) return;
      --left_;
      calls_.push_back({sequence_[position_++ % sequence_.size()], wall_ns()});
    }
    filled_.notify_one();
  }

  // Waits for a call; nothing once all have been taken.
  std::optional<Call> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return untaken_ == 0 || !calls_.empty(); });
    if (calls_.empty()) return std::nullopt;
    const Call call = calls_.front();
    calls_.pop_front();
    if (--untaken_ == 0) filled_.notify_all();
    return call;
  }

 private:
  const std::vector<std::uint32_t>& sequence_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Call> calls_;
  std::size_t position_;
  std::size_t left_;
  std::size_t untaken_;
};

}  // namespace sublet::bench
