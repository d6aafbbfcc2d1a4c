// SPDX-License-Identifier: Apache-2.0
#include "policy/events/delivery_decision.h"

#include <algorithm>

#include "policy/resilience/backoff.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

using Kind = EventSettlement::Kind;
using Milliseconds = DeliveryDecision::Milliseconds;

constexpr Milliseconds kFirstRelease = 100ms;
constexpr Milliseconds kLastRelease = 10s;
// A tenant that is switched off stays so for a while.
constexpr Milliseconds kWhileDisabled = 30s;

// Nothing that tenant code did: the attempt does not count.
bool is_ours(Outcome outcome) {
  switch (outcome) {
    case Outcome::kExpired:
    case Outcome::kLoadShed:
    case Outcome::kQuarantined:
    case Outcome::kCanceled:
      return true;
    default:
      return false;
  }
}

DeliveryDecision dead(std::string_view reason, std::optional<Outcome> as = std::nullopt) {
  return {Kind::kDead, Milliseconds(0), reason, as};
}

bool too_old(const DeliveryPolicy& policy, const DeliveryState& state, EventTime at) {
  return at - state.age_from > policy.max_age;
}

Milliseconds in_milliseconds(base::Nanoseconds time) {
  return std::chrono::ceil<Milliseconds>(time);
}

Milliseconds retry_delay(const DeliveryPolicy& policy, const DeliveryState& state,
                         const AttemptEnd& end, RandomSource& random) {
  // Those that ask for the same time are spread beyond it.
  if (end.retry_after) {
    const Milliseconds asked = std::clamp(*end.retry_after, 0ms, EventQueue::kMaxSpan / 2);
    return asked + in_milliseconds(jittered(policy.first_backoff, random));
  }
  return in_milliseconds(
      backoff(policy.first_backoff, policy.last_backoff, state.attempts, random));
}

}  // namespace

std::optional<DeliveryDecision> decide_before_attempt(const DeliveryPolicy& policy,
                                                      const DeliveryState& state, EventTime now) {
  if (state.expires_at && *state.expires_at <= now) {
    return dead(dead_for::kExpired, Outcome::kExpired);
  }
  if (state.attempts > policy.max_attempts) {
    return dead(state.has_result ? dead_for::kAttemptsUsed : dead_for::kLost);
  }
  // The first attempt is made however late it is.
  if (state.has_result && state.attempts > 1 && too_old(policy, state, now)) {
    return dead(dead_for::kTooOld);
  }
  return std::nullopt;
}

DeliveryDecision decide_after_attempt(const DeliveryPolicy& policy, const DeliveryState& state,
                                      const AttemptEnd& end, EventTime now, RandomSource& random) {
  if (end.not_begun || is_ours(end.outcome)) {
    return {Kind::kRelease, release_delay(end.releases, random), {}, {}};
  }
  if (end.outcome == Outcome::kOk) return {};
  if (end.outcome == Outcome::kDisabled) {
    if (too_old(policy, state, now)) return dead(dead_for::kTooOld);
    return {Kind::kRelease, kWhileDisabled, {}, {}};
  }
  if (end.outcome == Outcome::kHandlerNotFound) return dead(dead_for::kHandlerNotFound);
  if (!is_retried_by_default(end.outcome)) return dead(dead_for::kNotRetried);
  if (state.attempts >= policy.max_attempts) return dead(dead_for::kAttemptsUsed);
  const Milliseconds delay = retry_delay(policy, state, end, random);
  if (too_old(policy, state, now + delay)) return dead(dead_for::kTooOld);
  return {Kind::kRetry, delay, {}, {}};
}

Milliseconds release_delay(std::uint32_t releases, RandomSource& random) {
  const Milliseconds most =
      std::min(kLastRelease, kFirstRelease * (1 << std::min(releases, std::uint32_t{10})));
  // Never less than half: what was refused a moment ago is refused again.
  return most / 2 + in_milliseconds(jittered(most / 2, random));
}

}  // namespace sublet::policy
