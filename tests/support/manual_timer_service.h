// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "base/mutex.h"
#include "base/timer_service.h"
#include "support/manual_clock.h"

namespace sublet::test {

// Timers that fire inside advance(), on the thread that calls it. Any thread.
class ManualTimerService final : public base::TimerService {
 public:
  explicit ManualTimerService(ManualClock& clock) : clock_(clock) {}

  TimerId schedule(base::Nanoseconds delay, std::function<void()> fn) override {
    base::MutexLock lock(mutex_);
    waiting_.emplace(std::pair(clock_.now() + delay, ++last_id_), std::move(fn));
    return last_id_;
  }

  bool cancel(TimerId id) noexcept override {
    base::MutexLock lock(mutex_);
    for (auto timer = waiting_.begin(); timer != waiting_.end(); ++timer) {
      if (timer->first.second != id) continue;
      waiting_.erase(timer);
      return true;
    }
    return false;
  }

  // Moves the clock, and runs what comes due on the way, in order.
  void advance(base::Nanoseconds by) {
    const base::TimePoint end = clock_.now() + by;
    while (std::function<void()> fn = take_due(end)) fn();
    clock_.advance(end - clock_.now());
  }

  std::size_t waiting() {
    base::MutexLock lock(mutex_);
    return waiting_.size();
  }

 private:
  std::function<void()> take_due(base::TimePoint end) {
    base::MutexLock lock(mutex_);
    if (waiting_.empty() || waiting_.begin()->first.first > end) return nullptr;
    const base::TimePoint at = waiting_.begin()->first.first;
    if (at > clock_.now()) clock_.advance(at - clock_.now());
    std::function<void()> fn = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    return fn;
  }

  ManualClock& clock_;
  base::Mutex mutex_;
  std::map<std::pair<base::TimePoint, TimerId>, std::function<void()>> waiting_
      SUBLET_GUARDED_BY(mutex_);
  TimerId last_id_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::test
