// SPDX-License-Identifier: Apache-2.0
#include "dispatch/settlement.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace sublet::dispatch {

using runtime::Invocation;

void decide(Invocation& invocation, Outcome outcome, std::string message) {
  decide(invocation, outcome,
         GuestError{std::string(to_string(outcome)), std::move(message), std::string()});
}

void decide(Invocation& invocation, Outcome outcome, std::optional<GuestError> error) {
  invocation.outcome = outcome;
  invocation.json.clear();
  invocation.error = std::move(error);
  if (outcome == Outcome::kOk) return;
  if (!invocation.error.has_value()) {
    invocation.error = GuestError{std::string(to_string(outcome)), std::string(), std::string()};
  }
  if (invocation.committing) {
    invocation.error->message += "; whether its kv writes took effect is not known";
  }
}

void decide_wall_passed(Invocation& invocation) {
  const bool by_limit = invocation.wall_deadline < invocation.deadline;
  if (by_limit) invocation.usage.limits_exceeded |= static_cast<LimitSet>(Limit::kWall);
  const auto limit = invocation.request.extension->limits.wall_time.count();
  decide(invocation, Outcome::kExceededWallTime,
         by_limit ? "took " + std::to_string(limit) + " ms (Limits::wall_time)"
                  : std::string("the caller's deadline passed (InvokeOptions::deadline)"));
}

bool Settlement::settle(Invocation& invocation, bool turn_lost) noexcept {
  if (invocation.settled.exchange(true, std::memory_order_acq_rel)) return false;
  invocation.unwatch_stop();
  if (invocation.session.has_value()) invocation.session->close();
  Completion completion = std::move(invocation.request.completion);
  try {
    InvocationResult result = make_result(invocation, turn_lost);
    tell([&](Observer& observer) { observer.invocation_finished(result); });
    completion(std::move(result));
  } catch (const std::exception& error) {
    internal_error("completion", error.what());
  } catch (...) {
    internal_error("completion", "threw something that is no std::exception");
  }
  return true;
}

void Settlement::internal_error(std::string_view where, std::string_view what) noexcept {
  tell([&](Observer& observer) { observer.internal_error(where, what); });
}

InvocationResult Settlement::make_result(Invocation& invocation, bool turn_lost) {
  InvocationResult result;
  Event& event = invocation.request.event;
  if (turn_lost) {
    result.tenant = event.tenant;
    result.event = event.event;
    result.event_id = event.id;
  } else {
    result.tenant = std::move(event.tenant);
    result.event = std::move(event.event);
    result.event_id = std::move(event.id);
  }
  result.attempt = event.attempt;
  if (const auto& extension = invocation.request.extension) {
    result.extension = extension->name;
    result.extension_version = extension->version;
  } else {
    result.extension = event.extension;
  }
  result.outcome = invocation.outcome;
  result.json = std::move(invocation.json);
  result.error = std::move(invocation.error);
  result.usage = invocation.usage;
  if (invocation.session.has_value() && !turn_lost) {
    invocation.session->add_to(result.usage);
    result.logs = invocation.session->take_logs();
    result.requests = invocation.session->take_requests();
  }
  if (invocation.first_turn != base::TimePoint{}) {
    if (invocation.ended == base::TimePoint{}) invocation.ended = clock_.now();
    result.usage.wall_time = invocation.ended - invocation.first_turn;
    check_passive_limits(invocation, result, result.usage.limits_exceeded);
  } else {
    result.usage.queue_time = clock_.now() - invocation.accepted;
  }
  auto& fallback = invocation.request.options.fallback;
  if (!result.ok() && fallback.has_value()) {
    result.json = std::move(*fallback);
    result.used_fallback = true;
  }
  return result;
}

// Limits in dry-run mode that nothing acts on while the invocation runs.
void Settlement::check_passive_limits(Invocation& invocation, const InvocationResult& result,
                                      LimitSet& passed) noexcept {
  const Limits& limits = invocation.request.extension->limits;
  const auto check = [&](Limit limit, bool exceeded) {
    if (!exceeded) return;
    passed = passed | limit;
    tell([&](Observer& observer) {
      observer.limit_reached(result.tenant, limit, Enforcement::kDryRun);
    });
  };
  if (limits.dry_run == 0) return;
  const LimitSet by_payload = invocation.request.limits_passed;
  for (const Limit limit : {Limit::kPayload, Limit::kPayloadDepth}) {
    check(limit, contains(by_payload, limit));
  }
  for (const Limit limit :
       {Limit::kLogLines, Limit::kLogLine, Limit::kHostCalls, Limit::kPendingHostCalls,
        Limit::kTimers, Limit::kKvKey, Limit::kKvValue, Limit::kKvOperations, Limit::kKvRate,
        Limit::kKvKeys, Limit::kKvBytes, Limit::kRequests, Limit::kRequestRate,
        Limit::kRequestsUnderWay, Limit::kRequestBody, Limit::kResponseBody, Limit::kEvents}) {
    check(limit, contains(limits.dry_run & passed, limit));
  }
  check(Limit::kWall,
        contains(limits.dry_run, Limit::kWall) && result.usage.wall_time >= limits.wall_time);
  check(Limit::kResult, contains(limits.dry_run, Limit::kResult) && result.ok() &&
                            result.json.size() > limits.result.count);
}

}  // namespace sublet::dispatch
