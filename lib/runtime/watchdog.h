// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "runtime/deadline_list.h"
#include "runtime/watch_slot.h"

namespace sublet::runtime {

struct WatchdogOptions {
  const base::Clock* clock = &base::system_clock();
  // How often running turns are looked at. A turn close to a limit is looked at in time for it.
  base::Nanoseconds tick = std::chrono::milliseconds(1);
  // How often a terminated turn that has not come back is terminated again.
  base::Nanoseconds repeat = std::chrono::milliseconds(10);
  // After this a terminated turn is given up, provided that its thread used `grace_cpu` since: a
  // thread that the machine did not run could not come back. After `longest_grace` in any case.
  base::Nanoseconds grace = std::chrono::milliseconds(50);
  base::Nanoseconds grace_cpu = std::chrono::milliseconds(20);
  base::Nanoseconds longest_grace = std::chrono::milliseconds(250);
  // The same for a turn in a process of its own, which is ended where it does not obey: only the
  // machine can keep its thread from coming back then.
  base::Nanoseconds longest_grace_elsewhere = std::chrono::seconds(5);
  // How long ticking goes on after the last turn, so that a busy worker never has to wake it.
  base::Nanoseconds linger = std::chrono::milliseconds(50);
};

// Ends turns that pass a limit, and calls back at deadlines of what does not run: one thread for
// all workers.
//
// arm() and disarm() take no lock and make no system call, except that the first arm() after a
// quiet time wakes the thread. A turn is terminated only by whoever moved its slot from armed to
// claimed in one step, and disarm() waits for a claim to be released: no alarm hits a later turn.
class Watchdog {
 public:
  explicit Watchdog(const WatchdogOptions& options = {});
  ~Watchdog();  // stop()
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Starts the thread; false where the system gives none. Without it, time passes only by
  // tick_once().
  [[nodiscard]] bool start();
  // Ends the thread; callbacks that are due later never run. Idempotent. Not from a callback.
  void stop();

  // -- turns -----------------------------------------------------------------------------------
  std::shared_ptr<WatchSlot> add_slot(std::unique_ptr<CpuClock> clock, StuckHandler on_stuck)
      SUBLET_EXCLUDES(slots_mutex_);
  // The slot is disarmed or lost. on_stuck may still be running when this returns, if it was lost.
  void remove_slot(const std::shared_ptr<WatchSlot>& slot) SUBLET_EXCLUDES(slots_mutex_);

  // The terminator must stay usable until disarm() returned (for good if the turn is lost).
  Epoch arm(WatchSlot& slot, const TurnLimits& limits) noexcept;
  Verdict disarm(WatchSlot& slot) noexcept;

  // Any thread: terminates that turn because the caller canceled. False where it is over, or was
  // terminated already.
  bool cancel_turn(WatchSlot& slot, Epoch epoch) noexcept;

  // -- deadlines -------------------------------------------------------------------------------
  // `callback` runs once on the watchdog's thread, at `at` or a little later, with no lock held. It
  // must not block and must not throw.
  Deadline schedule(base::TimePoint at, std::function<void()> callback);
  // False: it ran, or runs right now.
  bool cancel(const Deadline& deadline);

  // One round of what the thread does; returns when the next one is due (max(): nothing to do).
  // Only where the thread was not started.
  base::TimePoint tick_once(base::TimePoint now);

 private:
  struct Stuck {
    std::shared_ptr<WatchSlot> slot;
    Epoch epoch = 0;
    Verdict verdict;
  };

  // Each answers when the slot needs the next look.
  base::TimePoint look_at_slots(base::TimePoint now) SUBLET_EXCLUDES(slots_mutex_);
  base::TimePoint look_at_slot(const std::shared_ptr<WatchSlot>& slot, base::TimePoint now);
  base::TimePoint look_at_running(WatchSlot& slot, Epoch epoch, base::TimePoint now);
  base::TimePoint look_at_terminated(const std::shared_ptr<WatchSlot>& slot, Epoch epoch,
                                     base::TimePoint now);
  bool look_at_cpu(WatchSlot& slot, Epoch epoch, base::TimePoint now);
  bool overdue(const WatchSlot& slot, base::TimePoint now) const;
  bool terminate(WatchSlot& slot, Epoch epoch, Verdict::Ended why) noexcept;
  void call_due(base::TimePoint now);

  void run();
  void sleep_until(base::TimePoint at) SUBLET_EXCLUDES(sleep_mutex_);
  bool stopping() SUBLET_EXCLUDES(sleep_mutex_);
  bool any_armed() SUBLET_EXCLUDES(slots_mutex_);
  void wake() noexcept SUBLET_EXCLUDES(sleep_mutex_);

  const WatchdogOptions options_;
  DeadlineList deadlines_;

  // The watchdog thread's own.
  base::TimePoint last_turn_ = base::TimePoint::min();
  bool ticking_ = false;
  std::vector<Stuck> stuck_;
  std::vector<DeadlineList::Callback> due_;

  base::Mutex slots_mutex_;
  std::vector<std::shared_ptr<WatchSlot>> slots_ SUBLET_GUARDED_BY(slots_mutex_);

  // True while the thread sleeps without looking at slots: arm() has to wake it then.
  alignas(64) std::atomic<bool> dormant_{false};
  base::Mutex sleep_mutex_;
  base::CondVar wake_up_;
  bool woken_ SUBLET_GUARDED_BY(sleep_mutex_) = false;
  // When the thread wakes by itself; max() while it is awake, so that no deadline is missed.
  base::TimePoint sleeps_until_ SUBLET_GUARDED_BY(sleep_mutex_) = base::TimePoint::max();
  bool stopping_ SUBLET_GUARDED_BY(sleep_mutex_) = false;
  std::thread thread_;
};

}  // namespace sublet::runtime
