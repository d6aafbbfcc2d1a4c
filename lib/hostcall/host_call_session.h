// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "engine/engine.h"
#include "engine/host_call_port.h"
#include "hostcall/events/access.h"
#include "hostcall/function_registry.h"
#include "hostcall/key_value/access.h"
#include "hostcall/request/extension_requests.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/tenant.h"

namespace sublet::hostcall {

// Takes the answers of pending host calls and timers, on any thread: those of the host's functions,
// the timer thread's, or the worker's own, inside HostCallSession::start_call(). A few may still
// come while close() runs on another thread; they are to be dropped.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  virtual void completed(engine::HostCallCompletion completion) noexcept = 0;
};

// Told on the worker when it runs the host's code instead of the tenant's.
class TurnCpu {
 public:
  virtual ~TurnCpu() = default;
  virtual void pause_cpu() noexcept = 0;
  virtual void resume_cpu(base::Nanoseconds spent) noexcept = 0;
};

// What a host function threw: `where` is "host.<name>".
using FaultReport = std::function<void(std::string_view where, std::string_view what)>;

// What a session is made of. Everything is borrowed and outlives close().
struct SessionSetup {
  const FunctionRegistry* functions = nullptr;
  const std::vector<std::string>* permitted = nullptr;  // TenantPolicy::host_functions
  const Limits* limits = nullptr;                       // the invocation's own
  base::TimerService* timers = nullptr;
  const base::Clock* clock = nullptr;
  const FaultReport* on_fault = nullptr;  // may be null
  TurnCpu* turn_cpu = nullptr;            // may be null
  // Asked during turns for the CPU time that its own process has used; may be null.
  const engine::Isolate* isolate = nullptr;
  // Where `kv` leads to; null: nowhere.
  std::shared_ptr<const KeyValueAccess> key_value;
  // Where `request` and `fetch` lead to; null: nowhere, as the manifest has nothing of them.
  std::shared_ptr<const ExtensionRequests> requests;
  // Where `events`, `schedule` and `webhooks` lead to; null: nowhere.
  std::shared_ptr<const EventAccess> events;
  // Ids of the events that led to the one that is answered, the first one first; may be null.
  const std::vector<std::string>* causes = nullptr;
  std::weak_ptr<CompletionSink> sink;
  std::string_view tenant;
  std::string_view extension;
  std::string_view event_id;
  std::string_view trace_parent;  // Event::trace_parent, trace_state
  std::string_view trace_state;
  base::TimePoint started{};  // the first turn
  base::TimePoint wall_deadline = base::TimePoint::max();
};

class EventCalls;
class HostCallInbox;
class KeyValueCalls;
class RequestCalls;

// What one invocation may ask of the host: one per invocation. Costs no allocation until tenant
// code calls, waits or logs.
//
// The worker that holds the invocation calls it. close(), add_to() and take_logs() may come from
// another thread, and while a turn that was lost is still inside another method.
class HostCallSession final : public engine::HostCallPort {
 public:
  explicit HostCallSession(SessionSetup setup);
  ~HostCallSession() override;  // close()
  HostCallSession(const HostCallSession&) = delete;
  HostCallSession& operator=(const HostCallSession&) = delete;

  // Before each turn: the invocation's CPU time so far, and the worker's CPU clock now.
  void begin_turn(base::Nanoseconds cpu_used, base::Nanoseconds cpu_now) noexcept;

  engine::HostCallStart start_call(std::string_view name, std::string arguments,
                                   std::string body = {}) noexcept override;
  engine::HostCallStart start_timer(std::chrono::milliseconds delay) noexcept override;
  void cancel_timer(engine::CallId id) noexcept override;
  void log(LogLevel level, std::string_view text) noexcept override;
  engine::RemainingLimits remaining() noexcept override;

  // The invocation is over: stops what is under way, drops later answers, refuses later calls.
  // Idempotent.
  void close() noexcept SUBLET_EXCLUDES(mutex_);

  // CPU time of the present turn that was the host's own, in synchronous host functions; is to be
  // taken off the turn's charge.
  base::Nanoseconds host_cpu_of_turn() const noexcept { return host_cpu_of_turn_; }
  // How an invocation ends that lets an exception pass after a call was refused for a limit:
  // kExceededHostCalls, kThrottled. Nullopt: none was.
  std::optional<Outcome> refused_for() const noexcept SUBLET_EXCLUDES(mutex_);

  // The handler succeeded: commits what the invocation wrote, where its writes wait for that.
  // kAnswered: there is nothing (more) to wait for; kPending: the answer comes as a completion.
  engine::HostCallStart commit() noexcept SUBLET_EXCLUDES(mutex_);

  std::vector<LogLine> take_logs() noexcept SUBLET_EXCLUDES(mutex_);
  std::vector<RequestRecord> take_requests() noexcept SUBLET_EXCLUDES(mutex_);
  // Sets what calls and logs used; adds to limits_exceeded.
  void add_to(Usage& usage) const SUBLET_EXCLUDES(mutex_);

 private:
  class HostTime;

  engine::HostCallStart take_up(std::string_view name, std::string arguments, std::string body);
  engine::HostCallStart call_function(std::string_view name, std::string arguments);
  engine::HostCallStart call_key_value(std::string_view name, std::string_view arguments,
                                       std::string body);
  // Names of host calls, which tenant code sees in messages.
  static constexpr std::string_view kRequest = "request";
  static constexpr std::string_view kFetch = "fetch";
  static constexpr std::string_view kParameters = "parameters";
  engine::HostCallStart call_request(std::string_view name, std::string_view arguments,
                                     std::string body);
  engine::HostCallStart call_template(std::string_view arguments, std::string body);
  engine::HostCallStart call_fetch(std::string_view arguments, std::string body);
  engine::HostCallStart start_request(std::string called, proxy::RequestCall call);
  static bool is_event_call(std::string_view name);
  engine::HostCallStart call_events(std::string_view name, std::string_view arguments);
  engine::HostCallStart call_publish(std::string_view called, std::string_view arguments);
  engine::HostCallStart call_schedule(std::string_view name, std::string_view arguments);
  // Opens a call, has `start` make it with what takes its answer, and says what came at once.
  template <typename Start>
  engine::HostCallStart await_reply(bool limited, const Start& start);
  engine::HostCallStart call_sync(const HostFunction& function, std::string arguments);
  engine::HostCallStart call_async(const HostFunction& function, std::string arguments);
  engine::HostCallStart begin_timer(std::chrono::milliseconds delay) SUBLET_EXCLUDES(mutex_);
  std::string count_call() SUBLET_EXCLUDES(mutex_);
  std::string check_arguments(std::string_view function, std::string_view arguments)
      SUBLET_EXCLUDES(mutex_);
  // `limited`: Limits::pending_host_calls holds for it.
  std::string open_call(engine::CallId& id, std::shared_ptr<HostCallInbox>& inbox,
                        bool limited = true) SUBLET_EXCLUDES(mutex_);
  void append_log(LogLevel level, std::string_view text) SUBLET_EXCLUDES(mutex_);
  bool permits(std::string_view function) const noexcept;
  HostCall make_call(std::string arguments) const;
  void report(std::string_view function, std::string_view what) noexcept;
  // Notes that a limit is reached; true where it is in dry run, so that things go on.
  bool pass(Limit limit) SUBLET_REQUIRES(mutex_);
  const std::shared_ptr<HostCallInbox>& inbox() SUBLET_REQUIRES(mutex_);
  std::shared_ptr<KeyValueCalls> key_value() SUBLET_EXCLUDES(mutex_);
  std::shared_ptr<RequestCalls> requests() SUBLET_EXCLUDES(mutex_);
  std::shared_ptr<EventCalls> events() SUBLET_EXCLUDES(mutex_);

  const SessionSetup setup_;

  // The worker's own.
  base::Nanoseconds cpu_used_{0};
  base::Nanoseconds cpu_at_turn_start_{0};
  base::Nanoseconds host_cpu_of_turn_{0};

  // False as long as tenant code asked for nothing: then nothing below differs from its default.
  std::atomic<bool> touched_{false};
  mutable base::Mutex mutex_;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
  std::shared_ptr<HostCallInbox> inbox_ SUBLET_GUARDED_BY(mutex_);      // made when first needed
  std::shared_ptr<KeyValueCalls> key_value_ SUBLET_GUARDED_BY(mutex_);  // likewise
  std::shared_ptr<RequestCalls> requests_ SUBLET_GUARDED_BY(mutex_);    // likewise
  std::shared_ptr<EventCalls> events_ SUBLET_GUARDED_BY(mutex_);        // likewise
  engine::CallId last_id_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint32_t host_calls_ SUBLET_GUARDED_BY(mutex_) = 0;
  LimitSet passed_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool exceeded_host_calls_ SUBLET_GUARDED_BY(mutex_) = false;
  base::Nanoseconds sync_time_ SUBLET_GUARDED_BY(mutex_){0};
  std::vector<LogLine> logs_ SUBLET_GUARDED_BY(mutex_);
  std::uint32_t log_lines_ SUBLET_GUARDED_BY(mutex_) = 0;  // kept ones
  std::uint32_t log_lines_dropped_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t log_bytes_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::hostcall
