// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::policy {

// When a circuit breaker opens, for how long, and what closes it again.
struct BreakerOptions {
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::uint32_t kMostProbes = 8;

  // -- closed --------------------------------------------------------------------------------
  // How far back calls are looked at. 100 ms to 1 h.
  Milliseconds window{10'000};
  // It never opens on fewer calls than these in the window. 1 to 1,000,000.
  std::uint32_t minimum_calls = 20;
  // It opens where this share of the calls failed. 0.01 to 1.
  double failure_ratio = 0.5;
  // A call that took this long is slow, whatever came of it; 0: none is. Up to 1 h.
  Milliseconds slow_call{0};
  // It opens where this share of the calls was slow. 0.01 to 1.
  double slow_ratio = 1.0;

  // -- open ----------------------------------------------------------------------------------
  // For how long at first. 1 ms to 24 h.
  Milliseconds open_time{5'000};
  // By how much longer each time that it opens again without having been closed for a window in
  // between. 1 to 10.
  double open_growth = 2.0;
  // And how long at most: open_time to 24 h.
  Milliseconds open_time_most{60'000};
  // Each time is shortened at random by up to this share, so that breakers which opened together
  // don't probe together. 0 to 0.9.
  double open_jitter = 0.2;

  // -- half-open -----------------------------------------------------------------------------
  // Calls let through at once to try the other side. 1 to 8.
  std::uint32_t probes = 1;
  // Probes in a row that have to succeed before it closes. 1 to 1000.
  std::uint32_t successes_to_close = 2;
  // A probe not answered by then gives its place to another. Longer than a call's own time limit.
  // 1 ms to 1 h.
  Milliseconds probe_lease{60'000};

  // kDryRun: tells its transitions and what it would have refused, and refuses nothing.
  Enforcement enforcement = Enforcement::kEnforce;
};

// Checks every field against the range in its comment; the message names field and range. `prefix`
// stands before the name of the field: "breaker.".
Result<void> validate(const BreakerOptions& options, std::string_view prefix);

}  // namespace sublet::policy
