// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/retry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/policy/resilience/fixed_random.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

constexpr base::TimePoint kNow{1h};

Attempt response(std::uint16_t status, std::string_view method = "GET") {
  Attempt attempt;
  attempt.method = method;
  attempt.status = status;
  return attempt;
}

Attempt failure(AttemptFailure failure, std::string_view method = "GET") {
  Attempt attempt;
  attempt.method = method;
  attempt.failure = failure;
  return attempt;
}

struct Fixture {
  RetryOptions options;
  RetryBudgetOptions budget_options;
  RetryBudget budget;
  FixedRandom random{FixedRandom::kAll};
  base::TimePoint deadline = kNow + 1h;

  Fixture() { options.max_attempts = 5; }
  RetryDecision decide(const Attempt& attempt) {
    return decide_retry(options, attempt, budget_options, budget, kNow, deadline, random);
  }
};

}  // namespace

TEST_CASE("retry: which answers, failures and methods") {
  struct Row {
    std::string_view source;
    Attempt attempt;
    NoRetry expected;
  };
  using enum AttemptFailure;
  const std::vector<Row> rows = {
      {"9110 15.5.9 request timeout", response(408), NoRetry::kNone},
      {"6585 4 too many requests", response(429), NoRetry::kNone},
      {"9110 15.6.4", response(503), NoRetry::kNone},
      {"9110 15.6.1", response(500), NoRetry::kNone},
      {"9110 15.6.2: will not be there the next time", response(501), NoRetry::kFinalAnswer},
      {"success", response(200), NoRetry::kFinalAnswer},
      {"9110 15.5.5", response(404), NoRetry::kFinalAnswer},
      {"9110 9.2.2 PUT", response(503, "PUT"), NoRetry::kNone},
      {"9110 9.2.2 DELETE", response(503, "DELETE"), NoRetry::kNone},
      {"9110 9.2.2 HEAD", response(503, "HEAD"), NoRetry::kNone},
      {"9110 9.2.2 POST", response(503, "POST"), NoRetry::kNotIdempotent},
      {"5789 2 PATCH", response(503, "PATCH"), NoRetry::kNotIdempotent},
      {"9110 9.1 methods are case-sensitive", response(503, "get"), NoRetry::kNotIdempotent},
      {"POST, reset: it may have taken effect", failure(kReset, "POST"), NoRetry::kNotIdempotent},
      {"POST, no answer in time", failure(kFirstByteTimeout, "POST"), NoRetry::kNotIdempotent},
      {"9110 9.2.2 POST, never applied", failure(kResolve, "POST"), NoRetry::kNone},
      {"9110 9.2.2 POST, never applied", failure(kConnect, "POST"), NoRetry::kNone},
      {"9110 9.2.2 POST, never applied", failure(kConnectTimeout, "POST"), NoRetry::kNone},
      {"9113 8.7 POST, REFUSED_STREAM", failure(kRefused, "POST"), NoRetry::kNone},
      {"GET, reset", failure(kReset), NoRetry::kNone},
      {"a certificate stays wrong", failure(kTls), NoRetry::kFinalAnswer},
      {"the whole time is used", failure(kTotalTimeout), NoRetry::kFinalAnswer},
      {"no HTTP", failure(kProtocol), NoRetry::kFinalAnswer},
      {"too large stays too large", failure(kTooLarge), NoRetry::kFinalAnswer},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.attempt.method);
    Fixture f;
    CHECK(to_string(f.decide(row.attempt).reason) == to_string(row.expected));
  }
}

TEST_CASE("retry: any method where the options say so") {
  Fixture f;
  f.options.any_method = true;
  CHECK(f.decide(response(503, "POST")).retry());
}

TEST_CASE("retry: a body that is used up cannot be sent again") {
  Fixture f;
  Attempt attempt = response(503, "PUT");
  attempt.replayable = false;
  CHECK(f.decide(attempt).reason == NoRetry::kNotReplayable);
}

TEST_CASE("retry: never by default, and no more attempts than allowed") {
  Fixture f;
  f.options = RetryOptions();
  CHECK(f.decide(response(503)).reason == NoRetry::kAttemptsUsed);
  f.options.max_attempts = 3;
  for (std::uint32_t number : {1u, 2u, 3u}) {
    Attempt attempt = response(503);
    attempt.number = number;
    CHECK(f.decide(attempt).retry() == (number < 3));
  }
}

TEST_CASE("retry: exponential, capped, and all of it jitter") {
  Fixture all, none;
  none.random = FixedRandom(0);
  all.options.max_attempts = none.options.max_attempts = 10;
  all.options.max_delay = 2s;
  all.budget_options.floor = none.budget_options.floor = 100;
  const std::vector<base::Nanoseconds> most = {100ms,  200ms,  400ms,  800ms,
                                               1600ms, 2000ms, 2000ms, 2000ms};
  for (std::size_t i = 0; i < most.size(); ++i) {
    Attempt attempt = response(503);
    attempt.number = static_cast<std::uint32_t>(i + 1);
    CHECK(all.decide(attempt).delay == most[i]);
    CHECK(none.decide(attempt).delay == 0s);
  }
}

TEST_CASE("retry: jitter is even over the whole delay") {
  Fixture f;
  f.budget_options.floor = 1000;
  SplitMix64 random(3);
  std::vector<int> tenths(10);
  for (int i = 0; i < 1000; ++i) {
    const RetryDecision decision = decide_retry(f.options, response(503), f.budget_options,
                                                f.budget, kNow, f.deadline, random);
    REQUIRE(decision.retry());
    ++tenths[std::min<std::size_t>(9, static_cast<std::size_t>(decision.delay / 10ms))];
  }
  for (const int count : tenths) CHECK(count > 60);
}

TEST_CASE("retry: never before Retry-After, and not at all where that is too long") {
  Fixture f;
  f.random = FixedRandom(0);
  Attempt attempt = response(429);
  attempt.retry_after = 7s;
  CHECK(f.decide(attempt).delay == 7s);
  f.random = FixedRandom(FixedRandom::kAll);
  CHECK(f.decide(attempt).delay == 7s + f.options.base_delay);
  attempt.retry_after = 30s;
  CHECK(f.decide(attempt).retry());
  attempt.retry_after = 30s + 1ns;
  CHECK(f.decide(attempt).reason == NoRetry::kRetryAfter);
}

TEST_CASE("retry: only where it begins before the deadline") {
  Fixture f;
  f.deadline = kNow + 100ms;
  CHECK(f.decide(response(503)).reason == NoRetry::kDeadline);
  f.deadline += 1ns;
  CHECK(f.decide(response(503)).delay == 100ms);
  Attempt asked = response(503);
  asked.retry_after = 5s;
  CHECK(f.decide(asked).reason == NoRetry::kDeadline);
  f.deadline = kNow;
  f.random = FixedRandom(0);
  CHECK(f.decide(response(503)).reason == NoRetry::kDeadline);
  f.deadline = base::TimePoint::max();
  CHECK(f.decide(response(503)).retry());
}

TEST_CASE("retry: what is refused for another reason takes nothing from the budget") {
  Fixture f;
  f.budget_options.floor = 1;
  f.deadline = kNow;
  CHECK(f.decide(response(503)).reason == NoRetry::kDeadline);
  CHECK(f.decide(response(200)).reason == NoRetry::kFinalAnswer);
  f.deadline = kNow + 1h;
  CHECK(f.decide(response(503)).retry());
  CHECK(f.decide(response(503)).reason == NoRetry::kBudget);
}

TEST_CASE("retry budget: a share of the requests and a floor, over the window") {
  const RetryBudgetOptions options{10s, 20, 3};
  RetryBudget budget;
  for (int i = 0; i < 3; ++i) CHECK(budget.take(options, kNow));
  CHECK_FALSE(budget.take(options, kNow));
  for (int i = 0; i < 100; ++i) budget.request(options, kNow + 1s);
  for (int i = 0; i < 20; ++i) CHECK(budget.take(options, kNow + 1s));
  CHECK_FALSE(budget.take(options, kNow + 1s));
  CHECK_FALSE(budget.idle(options, kNow + 1s));
  CHECK(budget.idle(options, kNow + 11s));
  for (int i = 0; i < 3; ++i) CHECK(budget.take(options, kNow + 11s));
  CHECK_FALSE(budget.take(options, kNow + 11s));
}

TEST_CASE("retry budget: a service that always fails gets at most a fifth more") {
  Fixture f;
  f.options.base_delay = f.options.max_delay = 0ms;
  base::TimePoint now = kNow;
  std::uint64_t requests = 0, retries = 0;
  for (int i = 0; i < 30'000; ++i, now += 3ms) {
    ++requests;
    f.budget.request(f.budget_options, now);
    Attempt attempt = response(503);
    while (decide_retry(f.options, attempt, f.budget_options, f.budget, now, now + 1h, f.random)
               .retry()) {
      ++retries;
      ++attempt.number;
    }
  }
  // 90 s: nine windows, each with its floor.
  CHECK(retries <= requests / 5 + 10 * f.budget_options.floor);
  CHECK(retries >= requests / 6);
}

TEST_CASE("retry: options are checked, and the message names field and bounds") {
  CHECK(validate(RetryOptions(), "retry."));
  CHECK(validate(RetryBudgetOptions(), "retry_budget."));
  struct Row {
    void (*change)(RetryOptions&);
    std::string_view message;
  };
  const std::vector<Row> rows = {
      {[](RetryOptions& o) { o.max_attempts = 11; },
       "retry.max_attempts is 11; it must be between 1 and 10"},
      {[](RetryOptions& o) { o.base_delay = 61s; },
       "retry.base_delay is 61 s; it must be between 0 ms and 60 s"},
      {[](RetryOptions& o) { o.max_delay = 50ms; },
       "retry.max_delay is 50 ms; it must be between 100 ms and 600 s"},
      {[](RetryOptions& o) { o.max_retry_after = 2h; },
       "retry.max_retry_after is 2 h; it must be between 0 ms and 1 h"},
      {[](RetryOptions& o) { o.statuses.assign(33, 503); },
       "retry.statuses.size() is 33; it must be between 0 and 32"},
      {[](RetryOptions& o) {
         o.statuses = {503, 404};
       },
       "retry.statuses[1] is 404; it must be 408, 425, 429 or between 500 and 599"},
  };
  for (const Row& row : rows) {
    RetryOptions options;
    row.change(options);
    const Result<void> result = validate(options, "retry.");
    REQUIRE_FALSE(result);
    CHECK(result.error().message == row.message);
  }
  CHECK(validate(RetryBudgetOptions{1ms, 20, 3}, "b.").error().message ==
        "b.window is 1 ms; it must be between 100 ms and 1 h");
  CHECK(validate(RetryBudgetOptions{10s, 51, 3}, "b.").error().message ==
        "b.percent is 51; it must be between 0 and 50");
  CHECK(validate(RetryBudgetOptions{10s, 20, 1001}, "b.").error().message ==
        "b.floor is 1001; it must be between 0 and 1000");
}

}  // namespace sublet::policy
