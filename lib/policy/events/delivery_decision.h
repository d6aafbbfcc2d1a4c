// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/resilience/random_source.h"
#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"
#include "sublet/invocation.h"

namespace sublet::policy {

// Why a delivery is a dead letter: EventSettlement::reason, DeliveryRecord::reason.
namespace dead_for {
inline constexpr std::string_view kAttemptsUsed = "attempts_used";
inline constexpr std::string_view kTooOld = "too_old";
inline constexpr std::string_view kExpired = "expired";
inline constexpr std::string_view kNotRetried = "not_retried";
inline constexpr std::string_view kDenied = "denied";
inline constexpr std::string_view kHandlerNotFound = "handler_not_found";
// Attempts used up without any result: the process ended each time.
inline constexpr std::string_view kLost = "lost";
}  // namespace dead_for

// What is known of a delivery that was claimed.
struct DeliveryState {
  std::uint32_t attempts = 1;  // this one included
  EventTime age_from{};        // published_at, or its not_before
  std::optional<EventTime> expires_at;
  bool has_result = false;  // of an attempt before
};

// What came of one attempt.
struct AttemptEnd {
  Outcome outcome = Outcome::kInternalError;
  std::optional<std::chrono::milliseconds> retry_after;
  bool not_begun = false;      // AttemptResult
  std::uint32_t releases = 0;  // of this extension in a row, this one left out
};

struct DeliveryDecision {
  using Milliseconds = std::chrono::milliseconds;

  EventSettlement::Kind kind = EventSettlement::Kind::kDone;
  Milliseconds delay{0};        // kRetry, kRelease
  std::string_view reason;      // kDead
  std::optional<Outcome> as{};  // kDead: where it is not the attempt's own
};

// Nullopt: it is tried. Else it is a dead letter, and nothing runs.
std::optional<DeliveryDecision> decide_before_attempt(const DeliveryPolicy& policy,
                                                      const DeliveryState& state, EventTime now);
// Whether it is done, tried again (and when), given back without counting, or a dead letter.
DeliveryDecision decide_after_attempt(const DeliveryPolicy& policy, const DeliveryState& state,
                                      const AttemptEnd& end, EventTime now, RandomSource& random);

// How long a delivery that nothing ran of waits, after `releases` such ones in a row.
DeliveryDecision::Milliseconds release_delay(std::uint32_t releases, RandomSource& random);

}  // namespace sublet::policy
