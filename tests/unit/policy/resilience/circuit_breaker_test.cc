// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/circuit_breaker.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "unit/policy/resilience/fixed_random.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

BreakerOptions options_for_test() {
  BreakerOptions options;
  options.window = 10s;
  options.minimum_calls = 4;
  options.failure_ratio = 0.5;
  options.open_time = 1s;
  options.open_growth = 2;
  options.open_time_most = 5s;
  options.open_jitter = 0;
  options.probes = 1;
  options.successes_to_close = 2;
  options.probe_lease = 3s;
  return options;
}

// A breaker with its time, which moves on only when told.
struct Fixture {
  BreakerOptions options = options_for_test();
  CircuitBreaker breaker;
  FixedRandom random;
  base::TimePoint now{1h};

  BreakerAdmission admit() { return breaker.admit(options, now); }
  std::optional<BreakerTransition> answer(const BreakerAdmission& admission, CallResult result,
                                          base::Nanoseconds took = 0s) {
    return breaker.record(options, admission.ticket, result, took, now, random);
  }
  // A call that is let through and answered at once.
  std::optional<BreakerTransition> call(CallResult result, base::Nanoseconds took = 0s) {
    const BreakerAdmission admission = admit();
    REQUIRE(admission.admitted);
    REQUIRE_FALSE(admission.would_refuse);
    return answer(admission, result, took);
  }
  BreakerTransition open_it() {
    for (int i = 0; i < 3; ++i) CHECK_FALSE(call(CallResult::kFailure));
    const auto transition = call(CallResult::kFailure);
    REQUIRE(transition);
    return *transition;
  }
  // Half-open, with the probe under way.
  BreakerAdmission half_open() {
    now = breaker.open_until();
    const BreakerAdmission probe = admit();
    REQUIRE(probe.transition);
    REQUIRE(probe.transition->to == BreakerState::kHalfOpen);
    return probe;
  }
};

}  // namespace

TEST_CASE("breaker: opens at the share of failures, and says what it saw") {
  Fixture f;
  CHECK_FALSE(f.call(CallResult::kSuccess));
  CHECK_FALSE(f.call(CallResult::kSuccess));
  CHECK_FALSE(f.call(CallResult::kFailure));
  const auto transition = f.call(CallResult::kFailure);
  REQUIRE(transition);
  CHECK(transition->from == BreakerState::kClosed);
  CHECK(transition->to == BreakerState::kOpen);
  CHECK(transition->cause == BreakerCause::kFailures);
  CHECK(transition->counts.calls == 4);
  CHECK(transition->counts.failed == 2);
  CHECK(transition->open_for == 1s);
  CHECK_FALSE(transition->dry_run);
  f.now += 400ms;
  const BreakerAdmission refused = f.admit();
  CHECK_FALSE(refused.admitted);
  CHECK(refused.would_refuse);
  CHECK(refused.retry_after == 600ms);
}

TEST_CASE("breaker: below the share and below the number of calls it stays closed") {
  Fixture f;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(f.call(CallResult::kFailure));  // three of three
  Fixture g;
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(g.call(i % 5 < 3 ? CallResult::kSuccess : CallResult::kFailure));
  }
}

TEST_CASE("breaker: the call that makes the number counts, whatever came of it") {
  Fixture f;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(f.call(CallResult::kFailure));
  CHECK(f.call(CallResult::kSuccess));
}

TEST_CASE("breaker: what is older than the window is forgotten") {
  Fixture f;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(f.call(CallResult::kFailure));
  f.now += 10s;
  CHECK_FALSE(f.call(CallResult::kFailure));
  f.now += 9s;  // within the window of the one before
  CHECK_FALSE(f.call(CallResult::kFailure));
  CHECK_FALSE(f.call(CallResult::kFailure));
  CHECK(f.call(CallResult::kFailure));
}

TEST_CASE("breaker: ignored calls count neither way") {
  Fixture f;
  for (int i = 0; i < 50; ++i) CHECK_FALSE(f.call(CallResult::kIgnored));
  f.open_it();
}

TEST_CASE("breaker: slow calls open it where slow is defined") {
  Fixture f;
  f.options.slow_ratio = 0.75;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(f.call(CallResult::kSuccess, 1h));  // not defined
  f.now += 10s;
  f.options.slow_call = 2s;
  CHECK_FALSE(f.call(CallResult::kSuccess, 2s - 1ns));
  CHECK_FALSE(f.call(CallResult::kSuccess, 2s));
  CHECK_FALSE(f.call(CallResult::kSuccess, 2s));
  const auto transition = f.call(CallResult::kSuccess, 2s);
  REQUIRE(transition);
  CHECK(transition->cause == BreakerCause::kSlowCalls);
  CHECK(transition->counts.slow == 3);
  // A slow probe is no recovery.
  const BreakerAdmission probe = f.half_open();
  const auto again = f.answer(probe, CallResult::kSuccess, 2s);
  REQUIRE(again);
  CHECK(again->cause == BreakerCause::kProbeFailed);
}

TEST_CASE("breaker: probes that succeed close it, one at a time") {
  Fixture f;
  f.open_it();
  const BreakerAdmission first = f.half_open();
  CHECK(first.transition->cause == BreakerCause::kOpenTimeOver);
  CHECK_FALSE(f.admit().admitted);  // one probe at once
  CHECK_FALSE(f.answer(first, CallResult::kSuccess));
  const BreakerAdmission second = f.admit();
  CHECK(second.admitted);
  CHECK_FALSE(second.transition);
  const auto closed = f.answer(second, CallResult::kSuccess);
  REQUIRE(closed);
  CHECK(closed->to == BreakerState::kClosed);
  CHECK(closed->cause == BreakerCause::kProbesSucceeded);
  // What failed before it opened is forgotten.
  for (int i = 0; i < 3; ++i) CHECK_FALSE(f.call(CallResult::kFailure));
}

TEST_CASE("breaker: several probes at once, and the one that fails opens it for all") {
  Fixture f;
  f.options.probes = 3;
  f.options.successes_to_close = 5;
  f.open_it();
  const BreakerAdmission one = f.half_open();
  const BreakerAdmission two = f.admit(), three = f.admit();
  CHECK(two.admitted);
  CHECK(three.admitted);
  const BreakerAdmission refused = f.admit();
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after == f.options.probe_lease);
  CHECK_FALSE(f.answer(one, CallResult::kSuccess));
  const auto opened = f.answer(two, CallResult::kFailure);
  REQUIRE(opened);
  CHECK(opened->from == BreakerState::kHalfOpen);
  CHECK_FALSE(f.answer(three, CallResult::kFailure));  // of a state that is over
  CHECK(f.breaker.open_until() == f.now + 2s);         // not longer for it
}

TEST_CASE("breaker: a probe that never answers gives up its place") {
  Fixture f;
  f.open_it();
  const BreakerAdmission lost = f.half_open();
  f.now += 3s - 1ns;
  CHECK_FALSE(f.admit().admitted);
  f.now += 1ns;
  const BreakerAdmission next = f.admit();
  CHECK(next.admitted);
  CHECK_FALSE(f.admit().admitted);
  // Its late answer counts for nothing, and frees nobody's place.
  CHECK_FALSE(f.answer(lost, CallResult::kFailure));
  CHECK(f.breaker.state() == BreakerState::kHalfOpen);
  CHECK_FALSE(f.admit().admitted);
  CHECK_FALSE(f.answer(next, CallResult::kSuccess));
  CHECK(f.call(CallResult::kSuccess));
}

TEST_CASE("breaker: a cancelled probe frees its place and proves nothing") {
  Fixture f;
  f.open_it();
  CHECK_FALSE(f.answer(f.half_open(), CallResult::kIgnored));
  CHECK(f.breaker.state() == BreakerState::kHalfOpen);
  CHECK_FALSE(f.call(CallResult::kSuccess));
  CHECK(f.call(CallResult::kSuccess));
}

TEST_CASE("breaker: an answer recorded twice counts once") {
  Fixture f;
  f.open_it();
  const BreakerAdmission probe = f.half_open();
  CHECK_FALSE(f.answer(probe, CallResult::kSuccess));
  CHECK_FALSE(f.answer(probe, CallResult::kSuccess));
  CHECK(f.breaker.state() == BreakerState::kHalfOpen);
}

TEST_CASE("breaker: answers of calls from before a transition count for nothing") {
  Fixture f;
  std::vector<BreakerAdmission> early;
  for (int i = 0; i < 10; ++i) early.push_back(f.admit());
  f.open_it();
  CHECK_FALSE(f.answer(early[0], CallResult::kSuccess));  // open
  const BreakerAdmission probe = f.half_open();
  CHECK_FALSE(f.answer(early[1], CallResult::kFailure));  // half-open
  CHECK_FALSE(f.answer(early[2], CallResult::kSuccess));
  CHECK_FALSE(f.answer(early[3], CallResult::kSuccess));
  CHECK(f.breaker.state() == BreakerState::kHalfOpen);
  CHECK_FALSE(f.answer(probe, CallResult::kSuccess));
  CHECK(f.call(CallResult::kSuccess));
  for (int i = 4; i < 10; ++i) CHECK_FALSE(f.answer(early[i], CallResult::kFailure));  // closed
  CHECK(f.breaker.state() == BreakerState::kClosed);
}

TEST_CASE("breaker: open for longer each time, up to the most") {
  Fixture f;
  CHECK(f.open_it().open_for == 1s);
  const std::vector<base::Nanoseconds> expected = {2s, 4s, 5s, 5s};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto opened = f.answer(f.half_open(), CallResult::kFailure);
    REQUIRE(opened);
    CHECK(opened->open_for == expected[i]);
    CHECK(opened->opened_again == i + 1);
  }
}

TEST_CASE("breaker: one that opens soon after closing goes on where it was; later it starts anew") {
  Fixture f;
  f.open_it();
  CHECK(f.answer(f.half_open(), CallResult::kFailure)->open_for == 2s);
  CHECK_FALSE(f.answer(f.half_open(), CallResult::kSuccess));
  CHECK(f.call(CallResult::kSuccess)->to == BreakerState::kClosed);
  f.now += 5s;
  CHECK(f.open_it().open_for == 4s);
  CHECK_FALSE(f.answer(f.half_open(), CallResult::kSuccess));
  CHECK(f.call(CallResult::kSuccess)->to == BreakerState::kClosed);
  f.now += 10s;
  CHECK(f.open_it().open_for == 1s);
}

TEST_CASE("breaker: jitter shortens the open time by no more than its share") {
  Fixture f;
  f.options.open_jitter = 0.25;
  f.random = FixedRandom(FixedRandom::kAll);
  CHECK(f.open_it().open_for == 750ms);
  SplitMix64 random(11);
  base::Nanoseconds least = 1h, most = 0s;
  for (int i = 0; i < 2000; ++i) {
    Fixture g;
    g.options = f.options;
    for (int j = 0; j < 3; ++j) CHECK_FALSE(g.call(CallResult::kFailure));
    const auto opened =
        g.breaker.record(g.options, g.admit().ticket, CallResult::kFailure, 0s, g.now, random);
    REQUIRE(opened);
    least = std::min(least, opened->open_for);
    most = std::max(most, opened->open_for);
  }
  CHECK(least >= 750ms);
  CHECK(least < 760ms);
  CHECK(most <= 1s);
  CHECK(most > 990ms);
}

TEST_CASE("breaker: idle only while closed with nothing under way") {
  Fixture f;
  CHECK(f.breaker.idle());
  const BreakerAdmission admission = f.admit();
  CHECK_FALSE(f.breaker.idle());
  f.answer(admission, CallResult::kSuccess);
  CHECK(f.breaker.idle());
  f.now += f.options.window;
  f.open_it();
  CHECK_FALSE(f.breaker.idle());
}

namespace {

// The transitions of an hour of calls to a service that fails in its second quarter, some of the
// calls answered late; what a breaker would refuse is never answered well.
std::string history(Enforcement enforcement, std::uint32_t& refused) {
  Fixture f;
  f.options.enforcement = enforcement;
  SplitMix64 random(5);
  std::string history;
  std::vector<BreakerAdmission> late;
  const auto note = [&](const std::optional<BreakerTransition>& transition) {
    if (!transition) return;
    CHECK(transition->dry_run == (enforcement == Enforcement::kDryRun));
    history.append(to_string(transition->cause)).append(" ");
    history.append(std::to_string((f.now - base::TimePoint(1h)).count())).append("\n");
  };
  for (int i = 0; i < 36'000; ++i, f.now += 100ms) {
    const std::uint64_t drawn = random.next();
    const bool fails = (i > 9'000 && i < 18'000) ? drawn % 10 < 8 : drawn % 100 == 0;
    const BreakerAdmission admission = f.admit();
    note(admission.transition);
    refused += admission.would_refuse;
    CHECK(admission.admitted == (enforcement == Enforcement::kDryRun || !admission.would_refuse));
    const CallResult result = fails ? CallResult::kFailure : CallResult::kSuccess;
    if (admission.would_refuse) {
      if (admission.admitted) note(f.answer(admission, CallResult::kFailure));
    } else if (drawn >> 32 & 1) {
      note(f.answer(admission, result));
    } else {
      late.push_back(admission);
    }
    if (late.size() > 5) {
      note(f.answer(late.front(), result));
      late.erase(late.begin());
    }
  }
  return history;
}

}  // namespace

TEST_CASE("breaker: dry run goes through the same states and refuses nothing") {
  std::uint32_t refused = 0, would_be_refused = 0;
  const std::string enforced = history(Enforcement::kEnforce, refused);
  CHECK(enforced == history(Enforcement::kDryRun, would_be_refused));
  CHECK(enforced.find("failures") != std::string::npos);
  CHECK(enforced.find("probe_failed") != std::string::npos);
  CHECK(enforced.find("probes_succeeded") != std::string::npos);
  CHECK(refused > 1000);
  CHECK(refused == would_be_refused);
}

TEST_CASE("breaker: another window starts the counting afresh") {
  Fixture f;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(f.call(CallResult::kFailure));
  f.options.window = 20s;
  CHECK_FALSE(f.call(CallResult::kFailure));
}

TEST_CASE("breaker: time that stands still or goes back harms nothing") {
  Fixture f;
  CHECK_FALSE(f.call(CallResult::kFailure));
  f.now -= 30min;
  CHECK_FALSE(f.call(CallResult::kFailure));
  CHECK_FALSE(f.call(CallResult::kFailure));
  CHECK(f.call(CallResult::kFailure));
}

TEST_CASE("breaker: options are checked, and the message names field and bounds") {
  CHECK(validate(BreakerOptions(), "breaker."));
  struct Row {
    void (*change)(BreakerOptions&);
    std::string_view message;
  };
  const std::vector<Row> rows = {
      {[](BreakerOptions& o) { o.window = 99ms; },
       "breaker.window is 99 ms; it must be between 100 ms and 1 h"},
      {[](BreakerOptions& o) { o.minimum_calls = 0; },
       "breaker.minimum_calls is 0; it must be between 1 and 1000000"},
      {[](BreakerOptions& o) { o.failure_ratio = 1.5; },
       "breaker.failure_ratio is 1.5; it must be between 0.01 and 1"},
      {[](BreakerOptions& o) { o.failure_ratio = std::numeric_limits<double>::quiet_NaN(); },
       "breaker.failure_ratio is nan; it must be between 0.01 and 1"},
      {[](BreakerOptions& o) { o.slow_call = -1ms; },
       "breaker.slow_call is -1 ms; it must be between 0 ms and 1 h"},
      {[](BreakerOptions& o) { o.slow_ratio = 0; },
       "breaker.slow_ratio is 0; it must be between 0.01 and 1"},
      {[](BreakerOptions& o) { o.open_time = 0ms; },
       "breaker.open_time is 0 ms; it must be between 1 ms and 24 h"},
      {[](BreakerOptions& o) { o.open_time = 61s; },
       "breaker.open_time is 61 s; it must be at most breaker.open_time_most, 60 s"},
      {[](BreakerOptions& o) { o.open_growth = 0.5; },
       "breaker.open_growth is 0.5; it must be between 1 and 10"},
      {[](BreakerOptions& o) { o.open_time_most = 25h; },
       "breaker.open_time_most is 25 h; it must be between 1 ms and 24 h"},
      {[](BreakerOptions& o) { o.open_jitter = 1; },
       "breaker.open_jitter is 1; it must be between 0 and 0.9"},
      {[](BreakerOptions& o) { o.probes = 9; }, "breaker.probes is 9; it must be between 1 and 8"},
      {[](BreakerOptions& o) { o.successes_to_close = 0; },
       "breaker.successes_to_close is 0; it must be between 1 and 1000"},
      {[](BreakerOptions& o) { o.probe_lease = 0ms; },
       "breaker.probe_lease is 0 ms; it must be between 1 ms and 1 h"},
  };
  for (const Row& row : rows) {
    BreakerOptions options;
    row.change(options);
    const Result<void> result = validate(options, "breaker.");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::kInvalidArgument);
    CHECK(result.error().message == row.message);
  }
}

TEST_CASE("breaker: its size is fixed and small") { CHECK(sizeof(CircuitBreaker) <= 512); }

}  // namespace sublet::policy
