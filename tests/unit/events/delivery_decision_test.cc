// SPDX-License-Identifier: Apache-2.0
#include "policy/events/delivery_decision.h"

#include <doctest/doctest.h>

#include "unit/policy/resilience/fixed_random.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using Kind = EventSettlement::Kind;

constexpr EventTime kNow{std::chrono::milliseconds(1'700'000'000'000)};

DeliveryPolicy eight() { return {8, 1s, 600s, 24h}; }

DeliveryState state(std::uint32_t attempts, std::chrono::milliseconds age = 0ms) {
  return {attempts, kNow - age, std::nullopt, attempts > 1};
}

DeliveryDecision after(Outcome outcome, const DeliveryState& of, std::uint64_t random = 0,
                       std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  FixedRandom fixed(random);
  return decide_after_attempt(eight(), of, {outcome, retry_after, false, 0}, kNow, fixed);
}

TEST_CASE("after an attempt: each outcome leads where it should") {
  for (int i = 0; i <= static_cast<int>(Outcome::kInternalError); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    CAPTURE(to_string(outcome));
    const DeliveryDecision decision = after(outcome, state(1));
    switch (outcome) {
      case Outcome::kOk:
        CHECK(decision.kind == Kind::kDone);
        break;
      case Outcome::kHandlerNotFound:
        CHECK(decision.kind == Kind::kDead);
        CHECK(decision.reason == "handler_not_found");
        break;
      case Outcome::kExpired:
      case Outcome::kLoadShed:
      case Outcome::kQuarantined:
      case Outcome::kCanceled:
      case Outcome::kDisabled:
        CHECK(decision.kind == Kind::kRelease);
        CHECK(decision.delay >= 50ms);
        break;
      default:
        CHECK(decision.kind == (is_retried_by_default(outcome) ? Kind::kRetry : Kind::kDead));
        CHECK(decision.reason == (is_retried_by_default(outcome) ? "" : "not_retried"));
    }
  }
}

TEST_CASE("after an attempt: waits double up to the last one, with full jitter") {
  CHECK(after(Outcome::kException, state(1)).delay == 0ms);
  CHECK(after(Outcome::kException, state(1), FixedRandom::kAll).delay == 1s);
  CHECK(after(Outcome::kException, state(2), FixedRandom::kAll).delay == 2s);
  CHECK(after(Outcome::kException, state(7), FixedRandom::kAll).delay == 64s);
  FixedRandom all(FixedRandom::kAll);
  DeliveryPolicy many = eight();
  many.max_attempts = 100;
  CHECK(
      decide_after_attempt(many, state(99), {Outcome::kException, {}, false, 0}, kNow, all).delay ==
      600s);
}

TEST_CASE("after an attempt: the attempts, and the age, have an end") {
  CHECK(after(Outcome::kException, state(7)).kind == Kind::kRetry);
  CHECK(after(Outcome::kException, state(8)).reason == "attempts_used");
  CHECK(after(Outcome::kException, state(1, 24h)).kind == Kind::kRetry);
  CHECK(after(Outcome::kException, state(1, 24h), FixedRandom::kAll).reason == "too_old");
  CHECK(after(Outcome::kDisabled, state(1, 24h)).kind == Kind::kRelease);
  CHECK(after(Outcome::kDisabled, state(1, 24h + 1ms)).reason == "too_old");
  // What we could not begin is given back however old it is.
  CHECK(after(Outcome::kLoadShed, state(8, 48h)).kind == Kind::kRelease);
}

TEST_CASE("after an attempt: the time that was asked for is given, within the age") {
  CHECK(after(Outcome::kException, state(1), 0, 60s).delay == 60s);
  CHECK(after(Outcome::kException, state(1), FixedRandom::kAll, 60s).delay == 61s);
  CHECK(after(Outcome::kException, state(8), 0, 60s).reason == "attempts_used");
  CHECK(after(Outcome::kException, state(1), 0, 25h).reason == "too_old");
}

TEST_CASE("before an attempt: what need not run") {
  const auto before = [](DeliveryState of) { return decide_before_attempt(eight(), of, kNow); };
  CHECK(!before(state(1)));
  CHECK(!before(state(1, 48h)));
  CHECK(!before(state(8)));
  CHECK(before(state(9))->reason == "attempts_used");
  CHECK(before(state(2, 25h))->reason == "too_old");
  DeliveryState without_result = state(9);
  without_result.has_result = false;
  CHECK(before(without_result)->reason == "lost");
  without_result.attempts = 8;
  without_result.age_from = kNow - 25h;
  CHECK(!before(without_result));
  DeliveryState expiring = state(1);
  expiring.expires_at = kNow + 1ms;
  CHECK(!before(expiring));
  expiring.expires_at = kNow;
  CHECK(before(expiring)->reason == "expired");
  CHECK(before(expiring)->as == Outcome::kExpired);
}

TEST_CASE("a release: waits grow to ten seconds, and are never less than half") {
  FixedRandom none(0), all(FixedRandom::kAll);
  CHECK(release_delay(0, none) == 50ms);
  CHECK(release_delay(0, all) == 100ms);
  CHECK(release_delay(3, all) == 800ms);
  CHECK(release_delay(1'000'000, none) == 5s);
  CHECK(release_delay(1'000'000, all) == 10s);
}

}  // namespace
}  // namespace sublet::policy
