// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "hostcall/host_call_session.h"
#include "runtime/active_extension.h"
#include "runtime/deadline_list.h"
#include "runtime/linked_list.h"
#include "runtime/watch_slot.h"
#include "sublet/event.h"
#include "sublet/invocation.h"

namespace sublet::runtime {

class Invocation;
struct LoadedContext;

// What a tenant's turns are for. A call that somebody waits for goes before a durable event.
enum class Lane : std::uint8_t { kCall, kEvent };
inline constexpr std::size_t kLanes = 2;

// One event for one handler, checked: names are valid, the payload is JSON within its limits.
struct Request {
  std::shared_ptr<const ActiveExtension> extension;
  std::size_t handler = 0;  // index into Program::exports
  Lane lane = Lane::kCall;
  base::TimePoint start_by = base::TimePoint::max();  // kExpired from then on
  Event event;              // the id is filled in
  std::vector<std::string> causes;  // ids of the events that led to it, the first one first
  bool payload_ascii = false;
  LimitSet limits_passed = 0;  // by the payload, in dry-run mode
  InvokeOptions options;
  Completion completion;
};

// Who is told what happens to an invocation from outside: the dispatcher. Any thread.
class InvocationOwner {
 public:
  virtual ~InvocationOwner() = default;
  virtual void completion_arrived(Invocation& invocation,
                                  engine::HostCallCompletion completion) noexcept = 0;
  virtual void stop_requested(Invocation& invocation) noexcept = 0;
};

// Where an invocation is.
enum class Phase : std::uint8_t {
  kNew,       // not in a queue yet
  kQueued,    // waits for its first turn
  kRunning,   // a worker has it
  kAwaiting,  // its promise is pending
  kReady,     // something came in; waits for its next turn
  kSettled,   // whoever moved it here settles it, or has
};

// One accepted request, until its completion was called.
//
// The dispatcher owns it through `self` until it is settled; it is in at most one list of its
// tenant. Fields of "turns" belong to the worker while the phase is kRunning, and are otherwise
// guarded by the dispatcher's lock.
class Invocation final : public hostcall::CompletionSink,
                         public hostcall::TurnCpu,
                         public std::enable_shared_from_this<Invocation> {
 public:
  Invocation(InvocationOwner& owner, Request&& request)
      : request(std::move(request)), owner_(&owner) {}

  // Starts to listen to InvokeOptions::stop. The owner must be kept alive by the caller's tenant.
  void watch_stop();
  void unwatch_stop() noexcept { stop_callback_.reset(); }

  // CompletionSink and TurnCpu: of the session.
  void completed(engine::HostCallCompletion completion) noexcept override;
  void pause_cpu() noexcept override { slot->pause_cpu(); }
  void resume_cpu(base::Nanoseconds spent) noexcept override { slot->resume_cpu(spent); }

  // Since acceptance.
  Request request;
  base::TimePoint accepted{};
  base::TimePoint expires{};                          // may wait until then
  base::TimePoint deadline = base::TimePoint::max();  // of InvokeOptions

  // Written under the dispatcher's lock, except by the worker that ends its own turn for good.
  std::atomic<Phase> phase{Phase::kNew};
  std::atomic<bool> settled{false};

  // Guarded by the dispatcher's lock.
  ListLinks<Invocation> links;
  std::shared_ptr<Invocation> self;
  std::vector<engine::HostCallCompletion> inbox;  // for the next turn
  Deadline wall_timer;
  // Set by whoever stops it while it runs; the outcome then is kCanceled.
  std::atomic<bool> stop_requested{false};

  // Turns.
  base::TimePoint first_turn{};
  base::TimePoint ended{};
  base::TimePoint wall_deadline = base::TimePoint::max();
  LoadedContext* context = nullptr;  // from the first turn to the end
  engine::ActivationId activation = 0;
  std::optional<hostcall::HostCallSession> session;
  WatchSlot* slot = nullptr;  // of the worker of the present turn
  // Its handler has succeeded, and its kv writes are being committed: it needs no isolate any more.
  bool committing = false;
  engine::CallId commit = 0;  // whose completion says that they are
  bool warned = false;        // of the soft CPU limit
  bool warn_next = false;
  Usage usage;

  // What the outcome is, once decided.
  Outcome outcome = Outcome::kInternalError;
  std::string json;
  std::optional<GuestError> error;

 private:
  struct OnStop {
    Invocation* invocation;
    void operator()() const noexcept;
  };

  InvocationOwner* const owner_;
  std::optional<std::stop_callback<OnStop>> stop_callback_;
};

using InvocationList = LinkedList<Invocation>;

}  // namespace sublet::runtime
