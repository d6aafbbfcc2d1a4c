// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/resilience/random_source.h"
#include "policy/resilience/retry_budget.h"
#include "sublet/result.h"

namespace sublet::policy {

// Why an attempt brought no response, as bits of RetryOptions::failures.
enum class AttemptFailure : std::uint16_t {
  kResolve = 1u << 0,  // the name had no answer
  kConnect = 1u << 1,  // refused or unreachable
  kConnectTimeout = 1u << 2,
  kTls = 1u << 3,      // no handshake, or a certificate that does not hold
  kRefused = 1u << 4,  // HTTP/2 REFUSED_STREAM, or a GOAWAY before the request
  kReset = 1u << 5,    // the connection ended before the response did
  kFirstByteTimeout = 1u << 6,
  kTotalTimeout = 1u << 7,
  kProtocol = 1u << 8,  // what came was no HTTP
  kTooLarge = 1u << 9,  // more than the limit
};
using AttemptFailures = std::uint16_t;

constexpr AttemptFailures operator|(AttemptFailure a, AttemptFailure b) {
  return static_cast<AttemptFailures>(static_cast<AttemptFailures>(a) |
                                      static_cast<AttemptFailures>(b));
}
constexpr AttemptFailures operator|(AttemptFailures a, AttemptFailure b) {
  return static_cast<AttemptFailures>(a | static_cast<AttemptFailures>(b));
}
constexpr bool contains(AttemptFailures set, AttemptFailure failure) {
  return (set & static_cast<AttemptFailures>(failure)) != 0;
}

struct RetryOptions {
  using Milliseconds = std::chrono::milliseconds;
  // Failures that may be gone the next time.
  static constexpr AttemptFailures kTransient =
      AttemptFailure::kResolve | AttemptFailure::kConnect | AttemptFailure::kConnectTimeout |
      AttemptFailure::kRefused | AttemptFailure::kReset | AttemptFailure::kFirstByteTimeout;

  // Attempts of one request, the first included. 1 to 10; 1: never retried.
  std::uint32_t max_attempts = 1;
  // Before the n-th retry it waits at random up to base_delay * 2^(n-1), at most max_delay.
  // 0 ms to 60 s, and base_delay to 10 min.
  Milliseconds base_delay{100};
  Milliseconds max_delay{10'000};
  // A Retry-After beyond this is not waited for: the response stands. 0 ms to 1 h.
  Milliseconds max_retry_after{30'000};
  // Responses that are retried: 408, 425, 429 and 500 to 599. Up to 32.
  std::vector<std::uint16_t> statuses{408, 429, 500, 502, 503, 504};
  AttemptFailures failures = kTransient;
  // Methods that are not idempotent too: the service knows repeated requests, by a key perhaps.
  bool any_method = false;
};

Result<void> validate(const RetryOptions& options, std::string_view prefix);

// RFC 9110 section 9.2.2. Methods are case-sensitive, and an unknown one is not idempotent.
bool is_idempotent_method(std::string_view method) noexcept;

// What came of an attempt: a response or a failure.
struct Attempt {
  std::string_view method;
  std::uint32_t number = 1;  // the first is 1
  bool replayable = true;    // false: its body was a stream and is used up
  std::optional<std::uint16_t> status;
  std::optional<AttemptFailure> failure;
  std::optional<base::Nanoseconds> retry_after;  // of the response
};

enum class NoRetry : std::uint8_t {
  kNone,           // there is one
  kFinalAnswer,    // nothing that the options retry
  kNotIdempotent,  // the first attempt may have taken effect
  kNotReplayable,
  kAttemptsUsed,
  kRetryAfter,  // the service asks for more patience than max_retry_after
  kDeadline,    // it would begin when the time is over
  kBudget,      // too many retries among the requests
};

// The stable lower-case name, for the invocation's record: "attempts_used".
std::string_view to_string(NoRetry reason) noexcept;

struct RetryDecision {
  NoRetry reason = NoRetry::kNone;
  base::Nanoseconds delay{0};

  bool retry() const noexcept { return reason == NoRetry::kNone; }
};

// Whether there is another attempt, and after how long. It takes from the budget only what it uses.
// The delay is that of backoff(); never less than Retry-After, beyond which clients are spread by
// base_delay.
RetryDecision decide_retry(const RetryOptions& options, const Attempt& attempt,
                           const RetryBudgetOptions& budget_options, RetryBudget& budget,
                           base::TimePoint now, base::TimePoint deadline, RandomSource& random);

}  // namespace sublet::policy
