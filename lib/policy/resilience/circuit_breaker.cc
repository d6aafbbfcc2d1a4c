// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/circuit_breaker.h"

#include <algorithm>

namespace sublet {
inline namespace v1 {

std::string_view to_string(BreakerState state) noexcept {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half_open";
  }
  return "unknown";
}

}  // namespace v1
}  // namespace sublet

namespace sublet::policy {
namespace {

bool reached(std::uint32_t part, std::uint32_t whole, double ratio) {
  return static_cast<double>(part) >= ratio * static_cast<double>(whole);
}

base::Nanoseconds open_time(const BreakerOptions& options, std::uint32_t opened_again,
                            RandomSource& random) {
  const double most = std::chrono::duration<double, std::nano>(options.open_time_most).count();
  double time = std::chrono::duration<double, std::nano>(options.open_time).count();
  for (std::uint32_t i = 0; i < opened_again && time < most && options.open_growth > 1; ++i) {
    time *= options.open_growth;
  }
  time = std::min(time, most);
  const auto jitter = static_cast<std::uint64_t>(time * options.open_jitter);
  return base::Nanoseconds(static_cast<std::int64_t>(time) -
                           static_cast<std::int64_t>(random.up_to(jitter)));
}

}  // namespace

std::string_view to_string(BreakerCause cause) noexcept {
  switch (cause) {
    case BreakerCause::kFailures:
      return "failures";
    case BreakerCause::kSlowCalls:
      return "slow_calls";
    case BreakerCause::kOpenTimeOver:
      return "open_time_over";
    case BreakerCause::kProbeFailed:
      return "probe_failed";
    case BreakerCause::kProbesSucceeded:
      return "probes_succeeded";
  }
  return "unknown";
}

BreakerAdmission CircuitBreaker::admit(const BreakerOptions& options,
                                       base::TimePoint now) noexcept {
  BreakerAdmission admission;
  if (state_ == BreakerState::kOpen) {
    if (now < open_until_) return refuse(options, admission, open_until_ - now);
    admission.transition = enter(options, BreakerState::kHalfOpen, BreakerCause::kOpenTimeOver);
  }
  if (state_ == BreakerState::kHalfOpen) return probe(options, admission, now);
  return pass(admission);
}

BreakerAdmission CircuitBreaker::pass(BreakerAdmission admission) noexcept {
  admission.ticket.generation = generation_;
  ++under_way_;
  return admission;
}

BreakerAdmission CircuitBreaker::refuse(const BreakerOptions& options, BreakerAdmission admission,
                                        base::Nanoseconds retry_after) noexcept {
  admission.would_refuse = true;
  admission.retry_after = retry_after;
  admission.ticket.counts = false;
  admission.admitted = options.enforcement == Enforcement::kDryRun;
  return admission.admitted ? pass(admission) : admission;
}

BreakerAdmission CircuitBreaker::probe(const BreakerOptions& options, BreakerAdmission admission,
                                       base::TimePoint now) noexcept {
  const auto last = probes_.begin() + std::min(options.probes, BreakerOptions::kMostProbes);
  base::TimePoint next_free = base::TimePoint::max();
  for (auto place = probes_.begin(); place != last; ++place) {
    if (place->under_way && now < place->lease_end) {
      next_free = std::min(next_free, place->lease_end);
      continue;
    }
    *place = {++probe_serials_, now + options.probe_lease, true};
    admission.ticket.probe = static_cast<std::uint8_t>(place - probes_.begin());
    admission.ticket.probe_serial = place->serial;
    return pass(admission);
  }
  return refuse(options, admission, next_free - now);
}

std::optional<BreakerTransition> CircuitBreaker::record(const BreakerOptions& options,
                                                        const BreakerTicket& ticket,
                                                        CallResult result, base::Nanoseconds took,
                                                        base::TimePoint now,
                                                        RandomSource& random) noexcept {
  if (under_way_ > 0) --under_way_;
  if (!ticket.counts || ticket.generation != generation_) return std::nullopt;
  const bool slow = options.slow_call.count() > 0 && took >= options.slow_call;
  if (state_ == BreakerState::kHalfOpen) {
    return record_probe(options, ticket, result, slow, now, random);
  }
  if (result == CallResult::kIgnored) return std::nullopt;
  return record_closed(options, result == CallResult::kFailure, slow, now, random);
}

std::optional<BreakerTransition> CircuitBreaker::record_closed(const BreakerOptions& options,
                                                               bool failed, bool slow,
                                                               base::TimePoint now,
                                                               RandomSource& random) noexcept {
  window_.now(options.window, now) += {1, failed ? 1u : 0u, slow ? 1u : 0u};
  const BreakerCounts counts = window_.total(options.window, now);
  if (counts.calls < options.minimum_calls) return std::nullopt;
  const bool by_failures = reached(counts.failed, counts.calls, options.failure_ratio);
  const bool by_slow_calls =
      options.slow_call.count() > 0 && reached(counts.slow, counts.calls, options.slow_ratio);
  if (!by_failures && !by_slow_calls) return std::nullopt;
  // One that closed and soon opens again has not recovered.
  const bool again = ever_opened_ && now - closed_at_ < options.window;
  opened_again_ = again ? opened_again_ + 1 : 0;
  BreakerTransition transition =
      open(options, by_failures ? BreakerCause::kFailures : BreakerCause::kSlowCalls, now, random);
  transition.counts = counts;
  return transition;
}

std::optional<BreakerTransition> CircuitBreaker::record_probe(const BreakerOptions& options,
                                                              const BreakerTicket& ticket,
                                                              CallResult result, bool slow,
                                                              base::TimePoint now,
                                                              RandomSource& random) noexcept {
  if (ticket.probe >= probes_.size()) return std::nullopt;
  Probe& place = probes_[ticket.probe];
  // Its lease was over and the place has gone to another.
  if (!place.under_way || place.serial != ticket.probe_serial) return std::nullopt;
  place.under_way = false;
  if (result == CallResult::kIgnored) return std::nullopt;
  if (result == CallResult::kFailure || slow) {
    ++opened_again_;
    return open(options, BreakerCause::kProbeFailed, now, random);
  }
  if (++successes_ < options.successes_to_close) return std::nullopt;
  closed_at_ = now;
  return enter(options, BreakerState::kClosed, BreakerCause::kProbesSucceeded);
}

BreakerTransition CircuitBreaker::open(const BreakerOptions& options, BreakerCause cause,
                                       base::TimePoint now, RandomSource& random) noexcept {
  BreakerTransition transition = enter(options, BreakerState::kOpen, cause);
  transition.open_for = open_time(options, opened_again_, random);
  transition.opened_again = opened_again_;
  open_until_ = now + transition.open_for;
  ever_opened_ = true;
  return transition;
}

BreakerTransition CircuitBreaker::enter(const BreakerOptions& options, BreakerState to,
                                        BreakerCause cause) noexcept {
  BreakerTransition transition;
  transition.from = state_;
  transition.to = to;
  transition.cause = cause;
  transition.dry_run = options.enforcement == Enforcement::kDryRun;
  state_ = to;
  ++generation_;
  successes_ = 0;
  probes_ = {};
  window_.clear();
  return transition;
}

}  // namespace sublet::policy
