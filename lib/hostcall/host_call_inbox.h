// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "engine/host_call_port.h"
#include "hostcall/answer_check.h"
#include "hostcall/host_call_session.h"
#include "sublet/limits.h"

namespace sublet::hostcall {

// What one invocation waits for: its pending host calls and timers. Shared by the session and by
// everybody who may still answer, so it may outlive the invocation. Thread-safe.
class HostCallInbox : public std::enable_shared_from_this<HostCallInbox> {
 public:
  HostCallInbox(const SessionSetup& setup);

  // -- host calls: open_call(), then the host's function, then take_early() -----------------------
  void open_call(engine::CallId id) SUBLET_EXCLUDES(mutex_);
  // Ends the start of a call. An answer that came meanwhile comes back here and nowhere else;
  // without one, the sink gets it when it comes.
  std::optional<CheckedAnswer> take_early(engine::CallId id) SUBLET_EXCLUDES(mutex_);
  // Any thread. Drops what nobody waits for.
  void answer(engine::CallId id, Result<std::string> answer) SUBLET_EXCLUDES(mutex_);
  // The same with an answer that needs no check.
  void settle(engine::CallId id, CheckedAnswer answer) SUBLET_EXCLUDES(mutex_);
  std::size_t pending_calls() const SUBLET_EXCLUDES(mutex_);
  std::stop_token stop_token() SUBLET_EXCLUDES(mutex_);

  // -- timers ------------------------------------------------------------------------------------
  // False: there are no timers any more.
  bool start_timer(engine::CallId id, base::Nanoseconds delay) SUBLET_EXCLUDES(mutex_);
  void cancel_timer(engine::CallId id) SUBLET_EXCLUDES(mutex_);
  std::size_t timers() const SUBLET_EXCLUDES(mutex_);

  // Stops all of it; later answers are dropped. Idempotent.
  void close() SUBLET_EXCLUDES(mutex_);

  // From start to completion (or to close()), summed over the calls that are over.
  base::Nanoseconds call_time() const SUBLET_EXCLUDES(mutex_);
  LimitSet passed() const SUBLET_EXCLUDES(mutex_);

 private:
  struct Call {
    engine::CallId id = 0;
    base::TimePoint started{};
    bool starting = true;
    std::optional<CheckedAnswer> early;
  };
  struct Timer {
    engine::CallId id = 0;
    base::TimerService::TimerId timer = 0;  // 0 while it is being scheduled
  };

  Call* find_call(engine::CallId id) SUBLET_REQUIRES(mutex_);
  void end_call(Call& call) SUBLET_REQUIRES(mutex_);
  void fire(engine::CallId id) SUBLET_EXCLUDES(mutex_);
  // The timer that was taken off the list; nullopt where it is not on it.
  std::optional<Timer> take_timer(engine::CallId id) SUBLET_REQUIRES(mutex_);

  const std::weak_ptr<CompletionSink> sink_;
  base::TimerService& timer_service_;
  const base::Clock& clock_;
  const AnswerLimits limits_;

  mutable base::Mutex mutex_;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
  std::vector<Call> calls_ SUBLET_GUARDED_BY(mutex_);    // by id
  std::vector<Timer> timers_ SUBLET_GUARDED_BY(mutex_);  // by id
  std::stop_source stop_ SUBLET_GUARDED_BY(mutex_){std::nostopstate};
  base::Nanoseconds call_time_ SUBLET_GUARDED_BY(mutex_){0};
  LimitSet passed_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::hostcall
