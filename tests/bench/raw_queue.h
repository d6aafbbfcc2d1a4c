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

  // Borrows `sequence`, which says whose turn it is.
  RawQueue(const std::vector<std::uint32_t>& sequence, std::size_t position)
      : sequence_(sequence), position_(position) {}

  void push_next() {
    {
      std::lock_guard lock(mutex_);
      calls_.push_back({sequence_[position_++ % sequence_.size()], wall_ns()});
    }
    filled_.notify_one();
  }

  // Waits for a call; nothing once stopped.
  std::optional<Call> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return stopped_ || !calls_.empty(); });
    if (stopped_) return std::nullopt;
    const Call call = calls_.front();
    calls_.pop_front();
    return call;
  }

  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    filled_.notify_all();
  }

  std::size_t position() {
    std::lock_guard lock(mutex_);
    return position_;
  }

 private:
  const std::vector<std::uint32_t>& sequence_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Call> calls_;
  std::size_t position_;
  bool stopped_ = false;
};

}  // namespace sublet::bench
