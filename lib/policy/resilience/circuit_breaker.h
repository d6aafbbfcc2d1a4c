// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "policy/resilience/breaker_options.h"
#include "policy/resilience/random_source.h"
#include "policy/resilience/sliding_window.h"

namespace sublet::policy {

using sublet::BreakerState;

enum class CallResult : std::uint8_t {
  kSuccess,
  kFailure,
  kIgnored,  // says nothing of the other side: cancelled, or refused by ourselves
};

enum class BreakerCause : std::uint8_t {
  kFailures,         // closed to open: too many calls failed
  kSlowCalls,        // closed to open: too many were slow
  kOpenTimeOver,     // open to half-open
  kProbeFailed,      // half-open to open: it failed or was slow
  kProbesSucceeded,  // half-open to closed
};

std::string_view to_string(BreakerCause cause) noexcept;

struct BreakerCounts {
  std::uint32_t calls = 0;
  std::uint32_t failed = 0;
  std::uint32_t slow = 0;

  BreakerCounts& operator+=(const BreakerCounts& other) noexcept {
    calls += other.calls;
    failed += other.failed;
    slow += other.slow;
    return *this;
  }
};

struct BreakerTransition {
  BreakerState from = BreakerState::kClosed;
  BreakerState to = BreakerState::kClosed;
  BreakerCause cause = BreakerCause::kFailures;
  BreakerCounts counts;            // of the window, where it was closed
  base::Nanoseconds open_for{0};   // where it opened
  std::uint32_t opened_again = 0;  // where it opened: how often before without a rest
  bool dry_run = false;
};

// What a call that was let through brings back with its answer.
struct BreakerTicket {
  static constexpr std::uint8_t kNoProbe = 0xff;

  std::uint64_t generation = 0;    // of the state that it was let through in
  std::uint64_t probe_serial = 0;  // of its probe's place
  std::uint8_t probe = kNoProbe;
  bool counts = true;  // false: let through by dry run alone
};

struct BreakerAdmission {
  bool admitted = true;
  // In dry run: admitted all the same.
  bool would_refuse = false;
  // Where it would refuse: how long until it may be worth asking again; while probes are under way,
  // until the first of them has used up its lease.
  base::Nanoseconds retry_after{0};
  BreakerTicket ticket;
  std::optional<BreakerTransition> transition;
};

// Stops calls to what fails (Nygard, "Release It!", 2007): closed while things go well, open for a
// while once too much failed, then half-open, where a few calls try. Options come with each call,
// so one set serves many breakers and may change. Its size is fixed.
//
// Every admitted call is recorded exactly once, with its ticket. What was let through before a
// transition counts for nothing after it. In dry run it goes through the same states: calls that it
// would have refused count for nothing.
//
// Thread safety: none; the caller's lock.
class CircuitBreaker {
 public:
  BreakerAdmission admit(const BreakerOptions& options, base::TimePoint now) noexcept;

  std::optional<BreakerTransition> record(const BreakerOptions& options,
                                          const BreakerTicket& ticket, CallResult result,
                                          base::Nanoseconds took, base::TimePoint now,
                                          RandomSource& random) noexcept;

  // An open breaker stays so until a call asks, however much time went by.
  BreakerState state() const noexcept { return state_; }
  // While open: until when.
  base::TimePoint open_until() const noexcept { return open_until_; }
  // Closed and nothing under way: throwing it away forgets no more than the window's counts.
  bool idle() const noexcept { return state_ == BreakerState::kClosed && under_way_ == 0; }

 private:
  struct Probe {
    std::uint64_t serial = 0;
    base::TimePoint lease_end{};
    bool under_way = false;
  };

  BreakerAdmission pass(BreakerAdmission admission) noexcept;
  BreakerAdmission refuse(const BreakerOptions& options, BreakerAdmission admission,
                          base::Nanoseconds retry_after) noexcept;
  BreakerAdmission probe(const BreakerOptions& options, BreakerAdmission admission,
                         base::TimePoint now) noexcept;

  BreakerTransition enter(const BreakerOptions& options, BreakerState to,
                          BreakerCause cause) noexcept;
  BreakerTransition open(const BreakerOptions& options, BreakerCause cause, base::TimePoint now,
                         RandomSource& random) noexcept;
  std::optional<BreakerTransition> record_closed(const BreakerOptions& options, bool failed,
                                                 bool slow, base::TimePoint now,
                                                 RandomSource& random) noexcept;
  std::optional<BreakerTransition> record_probe(const BreakerOptions& options,
                                                const BreakerTicket& ticket, CallResult result,
                                                bool slow, base::TimePoint now,
                                                RandomSource& random) noexcept;

  SlidingWindow<BreakerCounts> window_;
  std::array<Probe, BreakerOptions::kMostProbes> probes_{};
  base::TimePoint open_until_{};
  base::TimePoint closed_at_{};
  std::uint64_t generation_ = 0;
  std::uint64_t probe_serials_ = 0;
  std::uint32_t under_way_ = 0;
  std::uint32_t successes_ = 0;     // of probes, in a row
  std::uint32_t opened_again_ = 0;  // without having been closed for a window in between
  bool ever_opened_ = false;
  BreakerState state_ = BreakerState::kClosed;
};

}  // namespace sublet::policy
