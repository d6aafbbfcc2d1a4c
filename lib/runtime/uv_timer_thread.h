// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"

namespace sublet::runtime {

// Timers on a libuv loop with a thread of its own, which the first timer starts. Any number of
// timers is one libuv timer: the earliest.
class UvTimerThread final : public base::TimerService {
 public:
  explicit UvTimerThread(const base::Clock& clock = base::system_clock());
  ~UvTimerThread() override;  // stop()

  TimerId schedule(base::Nanoseconds delay, std::function<void()> fn) override
      SUBLET_EXCLUDES(mutex_);
  bool cancel(TimerId id) noexcept override SUBLET_EXCLUDES(mutex_);

  // Drops the timers that wait and ends the thread, after the function that runs. Idempotent. Not
  // from a timer's function.
  void stop() SUBLET_EXCLUDES(mutex_);

  bool started() const SUBLET_EXCLUDES(mutex_);

 private:
  struct Loop;
  using Waiting = std::map<std::pair<base::TimePoint, TimerId>, std::function<void()>>;

  bool ensure_started() SUBLET_REQUIRES(mutex_);
  void run_due();
  std::function<void()> take_due() SUBLET_EXCLUDES(mutex_);
  void look_again() SUBLET_EXCLUDES(mutex_);

  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  Waiting waiting_ SUBLET_GUARDED_BY(mutex_);
  std::unordered_map<TimerId, base::TimePoint> due_at_ SUBLET_GUARDED_BY(mutex_);
  TimerId last_id_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
  std::unique_ptr<Loop> loop_;  // made under the mutex, before the thread
  std::thread thread_;
};

}  // namespace sublet::runtime
