// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/field_checker.h"
#include "policy/resilience/backoff.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMostAttempts = 10;
constexpr std::size_t kMostStatuses = 32;

bool may_be_listed(std::uint16_t status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

// The request never got to where it could take effect (RFC 9110 section 9.2.2: "some means to
// detect that the original request was never applied"; for kRefused RFC 9113 section 8.7).
bool was_never_applied(const Attempt& attempt) {
  constexpr AttemptFailures kBefore = AttemptFailure::kResolve | AttemptFailure::kConnect |
                                      AttemptFailure::kConnectTimeout | AttemptFailure::kTls |
                                      AttemptFailure::kRefused;
  return attempt.failure && contains(kBefore, *attempt.failure);
}

bool is_retried(const RetryOptions& options, const Attempt& attempt) {
  if (attempt.failure) return contains(options.failures, *attempt.failure);
  return attempt.status && std::find(options.statuses.begin(), options.statuses.end(),
                                     *attempt.status) != options.statuses.end();
}

NoRetry refusal(const RetryOptions& options, const Attempt& attempt) {
  if (!is_retried(options, attempt)) return NoRetry::kFinalAnswer;
  if (!options.any_method && !is_idempotent_method(attempt.method) && !was_never_applied(attempt)) {
    return NoRetry::kNotIdempotent;
  }
  if (!attempt.replayable) return NoRetry::kNotReplayable;
  if (attempt.number >= options.max_attempts) return NoRetry::kAttemptsUsed;
  if (attempt.retry_after > options.max_retry_after) return NoRetry::kRetryAfter;
  return NoRetry::kNone;
}

base::Nanoseconds delay_before_next(const RetryOptions& options, const Attempt& attempt,
                                    RandomSource& random) {
  if (attempt.retry_after) return *attempt.retry_after + jittered(options.base_delay, random);
  return backoff(options.base_delay, options.max_delay, attempt.number, random);
}

}  // namespace

Result<void> validate(const RetryOptions& options, std::string_view prefix) {
  FieldChecker checker(prefix);
  checker.between<std::uint32_t>("max_attempts", options.max_attempts, 1, kMostAttempts)
      .between<RetryOptions::Milliseconds>("base_delay", options.base_delay, 0ms, 60s)
      .between<RetryOptions::Milliseconds>("max_delay", options.max_delay, options.base_delay,
                                           10min)
      .between<RetryOptions::Milliseconds>("max_retry_after", options.max_retry_after, 0ms, 1h)
      .between<std::uint64_t>("statuses.size()", options.statuses.size(), 0, kMostStatuses);
  for (std::size_t i = 0; i < options.statuses.size(); ++i) {
    checker.require(
        may_be_listed(options.statuses[i]), fmt::format("statuses[{}]", i),
        fmt::format("is {}; it must be 408, 425, 429 or between 500 and 599", options.statuses[i]));
  }
  return checker.result();
}

bool is_idempotent_method(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 6> kIdempotent = {"GET",   "HEAD", "OPTIONS",
                                                           "TRACE", "PUT",  "DELETE"};
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

std::string_view to_string(NoRetry reason) noexcept {
  switch (reason) {
    case NoRetry::kNone:
      return "none";
    case NoRetry::kFinalAnswer:
      return "final_answer";
    case NoRetry::kNotIdempotent:
      return "not_idempotent";
    case NoRetry::kNotReplayable:
      return "not_replayable";
    case NoRetry::kAttemptsUsed:
      return "attempts_used";
    case NoRetry::kRetryAfter:
      return "retry_after";
    case NoRetry::kDeadline:
      return "deadline";
    case NoRetry::kBudget:
      return "budget";
  }
  return "unknown";
}

RetryDecision decide_retry(const RetryOptions& options, const Attempt& attempt,
                           const RetryBudgetOptions& budget_options, RetryBudget& budget,
                           base::TimePoint now, base::TimePoint deadline, RandomSource& random) {
  const NoRetry reason = refusal(options, attempt);
  if (reason != NoRetry::kNone) return {reason};
  const base::Nanoseconds delay = delay_before_next(options, attempt, random);
  if (now >= deadline || delay >= deadline - now) return {NoRetry::kDeadline};
  if (!budget.take(budget_options, now)) return {NoRetry::kBudget};
  return {NoRetry::kNone, delay};
}

}  // namespace sublet::policy
