// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <utility>

#include "events/batch_answer.h"
#include "events/pump/attempts.h"

namespace sublet::events {
namespace {

using Kind = EventSettlement::Kind;

policy::CallResult result_for_breaker(const AttemptResult& result) {
  if (result.not_begun) return policy::CallResult::kIgnored;
  if (result.invocation.ok()) return policy::CallResult::kSuccess;
  return counts_against_breaker(result.invocation.outcome) ? policy::CallResult::kFailure
                                                           : policy::CallResult::kIgnored;
}

AttemptNote item_failed(const BatchAnswer& answer) {
  return {Outcome::kException, "Error",
          answer.fault.empty() ? "the handler's answer says that this event failed" : answer.fault};
}

// Whether an outcome comes of what the handler was given.
bool blames_item(Outcome outcome) {
  return outcome == Outcome::kExceededCpu || outcome == Outcome::kExceededMemory ||
         outcome == Outcome::kExceededHostCalls || outcome == Outcome::kInvalidResult;
}

}  // namespace

void PumpAttempts::finish(UnderWay& attempt, AttemptResult result) {
  const base::TimePoint now = context_.now();
  PumpQueue& queue = *attempt.queue;
  under_way_ -= static_cast<std::uint32_t>(attempt.items.size());
  --queue.uses;
  queue.used = now;
  table_.charge(*queue.tenant, result.invocation.usage.cpu_time);
  table_.give_slots(*queue.tenant, 1);
  record(attempt, result, now);
  // It was uninstalled in between: whoever has it goes on.
  const Directory& directory = *context_.setup().directory;
  if (result.invocation.outcome == Outcome::kHandlerNotFound && !directory.rules(queue.name)) {
    result.not_begun = true;
  }
  const PumpUsage usage = usage_of(result.invocation, attempt.items.size());
  if (attempt.batch && !result.not_begun && result.invocation.ok()) {
    return finish_batch(attempt, result, usage);
  }
  policy::AttemptEnd end{
      result.invocation.outcome, {}, result.not_begun, queue.extension->releases};
  if (result.invocation.error) end.retry_after = result.invocation.error->retry_after;
  const AttemptNote note = note_of(result.invocation);
  // One of several may have done it to the others: each is tried by itself.
  if (attempt.items.size() > 1 && blames_item(end.outcome)) end.outcome = Outcome::kException;
  for (const PumpItem& item : attempt.items) finish_item(attempt, item, end, note, usage);
}

void PumpAttempts::record(const UnderWay& attempt, const AttemptResult& result,
                          base::TimePoint now) {
  PumpQueue& queue = *attempt.queue;
  tell(queue, queue.extension->breaker.record(attempt.policy->events.breaker, attempt.ticket,
                                              result_for_breaker(result), now - attempt.begun_at,
                                              now, context_.random()));
  // Its other queues may have been waiting for what this probe says.
  if (attempt.ticket.probe != policy::BreakerTicket::kNoProbe) {
    table_.drop_holds(*queue.tenant, *queue.extension);
  }
}

void PumpAttempts::finish_batch(const UnderWay& attempt, const AttemptResult& result,
                                const PumpUsage& usage) {
  std::vector<std::string> ids;
  ids.reserve(attempt.items.size());
  for (const PumpItem& item : attempt.items) ids.push_back(item.event_id);
  const BatchAnswer answer = read_batch_answer(result.invocation.json, ids);
  const AttemptNote done = note_of(result.invocation);
  const AttemptNote failed = item_failed(answer);
  for (std::size_t i = 0; i < attempt.items.size(); ++i) {
    const bool bad = answer.items[i].failed;
    policy::AttemptEnd end;
    end.outcome = bad ? Outcome::kException : Outcome::kOk;
    end.retry_after = answer.items[i].retry_after;
    finish_item(attempt, attempt.items[i], end, bad ? failed : done, usage);
  }
}

void PumpAttempts::finish_item(const UnderWay& attempt, const PumpItem& item,
                               const policy::AttemptEnd& end, const AttemptNote& note,
                               const PumpUsage& usage) {
  const EventTime now = context_.queue_now();
  const policy::DeliveryDecision decision =
      policy::decide_after_attempt(attempt.delivery, item.state, end, now, context_.random());
  PumpExtension& extension = *attempt.queue->extension;
  if (decision.kind == Kind::kRelease) {
    note_release(extension, decision.delay);
  } else {
    extension.releases = 0;
  }
  settler_.add(make_settlement(attempt.queue->name, item, decision, note, usage, now));
}

void PumpAttempts::note_release(PumpExtension& extension, base::Nanoseconds delay) {
  // Those that began together are refused together: that counts once.
  const base::TimePoint now = context_.now();
  if (now < extension.held_until) return;
  ++extension.releases;
  extension.held_until = now + delay;
}

}  // namespace sublet::events
