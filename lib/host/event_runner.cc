// SPDX-License-Identifier: Apache-2.0
#include "host/event_runner.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host/event_batch.h"
#include "host/event_check.h"

namespace sublet::host {
namespace {

using events::Attempt;
using events::AttemptResult;

// How long an event that was claimed may wait for its tenant's turn, before it goes back.
constexpr std::chrono::milliseconds kQueueTime{60'000};

// What an attempt came to that never entered an isolate.
AttemptResult not_run(const Attempt& attempt, Outcome outcome, std::string message) {
  AttemptResult result;
  result.invocation.outcome = outcome;
  result.invocation.tenant = attempt.queue.tenant;
  result.invocation.extension = attempt.queue.extension;
  result.invocation.event = attempt.queue.event;
  result.invocation.error = GuestError{std::string(to_string(outcome)), std::move(message), {}};
  return result;
}

Event event_of(Attempt& attempt) {
  Event event;
  event.tenant = attempt.queue.tenant;
  event.event = attempt.queue.event;
  event.extension = attempt.queue.extension;
  Attempt::Item& first = attempt.items.front();
  event.id = first.delivery.event_id;
  event.attempt = first.delivery.attempts;
  event.trace_parent = first.envelope.trace_parent;
  event.trace_state = first.envelope.trace_state;
  event.payload = attempt.batch ? batch_payload(attempt.items) : std::move(first.delivery.payload);
  return event;
}

// What led to the event that is answered; of a batch, to the item that most led to, with that item:
// the first one stands for the batch, and comes behind.
std::vector<std::string> causes_of(Attempt& attempt) {
  auto longest = attempt.items.begin();
  for (auto item = longest; item != attempt.items.end(); ++item) {
    if (item->envelope.causes.size() > longest->envelope.causes.size()) longest = item;
  }
  std::vector<std::string> causes = std::move(longest->envelope.causes);
  if (longest != attempt.items.begin()) causes.push_back(longest->delivery.event_id);
  return causes;
}

// A batch is as large as its items, each of which was held against the limits when it came.
Limits payload_limits(const Limits& limits, const Attempt& attempt) {
  if (!attempt.batch) return limits;
  Limits wider = limits;
  wider.payload.count = Bytes::mebibytes(256).count;
  wider.payload_depth += 2;
  return wider;
}

}  // namespace

void EventRunner::run(Attempt attempt, std::function<void(AttemptResult)> done) noexcept {
  auto told = std::make_shared<Done>(std::move(done));
  if (!gate_.enter()) {
    AttemptResult late = not_run(attempt, Outcome::kCanceled, "the host was shut down");
    late.not_begun = true;
    return (*told)(std::move(late));
  }
  begin(attempt, told);
  gate_.leave();
}

void EventRunner::begin(Attempt& attempt, const std::shared_ptr<Done>& done) {
  const ExtensionRegistry::View view = registry_.find(attempt.queue.tenant);
  std::shared_ptr<const Installed> installed;
  if (view != nullptr) {
    const auto found = view->extensions.find(attempt.queue.extension);
    if (found != view->extensions.end()) installed = found->second;
  }
  const auto handler = installed == nullptr ? std::map<std::string, std::size_t>::const_iterator{}
                                            : installed->handlers.find(attempt.queue.event);
  if (installed == nullptr || handler == installed->handlers.end()) {
    return (*done)(
        not_run(attempt, Outcome::kHandlerNotFound, "no extension listens to this event"));
  }
  dispatch::Request request;
  request.extension = installed->active_for_events;
  request.handler = handler->second;
  request.lane = runtime::Lane::kEvent;
  request.start_by = attempt.begin_by;
  const Limits& limits = request.extension->limits;
  const Limits wider = payload_limits(limits, attempt);
  request.causes = causes_of(attempt);
  request.event = event_of(attempt);
  // What comes by way of the host's own database was looked at by nobody.
  Result<PayloadCheck> payload = check_payload(request.event.payload, wider);
  if (!payload) {
    return (*done)(not_run(attempt, Outcome::kInvalidResult, payload.error().message));
  }
  request.payload_ascii = payload->ascii;
  request.limits_passed = payload->passed;
  request.options.deadline = kQueueTime + limits.wall_time;
  request.completion = [done](InvocationResult result) {
    AttemptResult made;
    made.invocation = std::move(result);
    (*done)(std::move(made));
  };
  if (dispatcher_->submit(std::move(request))) return;
  AttemptResult refused = not_run(attempt, Outcome::kCanceled, "the host accepts nothing now");
  refused.not_begun = true;
  (*done)(std::move(refused));
}

}  // namespace sublet::host
