// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/breaker_options.h"

#include <fmt/format.h>

#include "policy/field_checker.h"

namespace sublet::policy {

Result<void> validate(const BreakerOptions& options, std::string_view prefix) {
  using namespace std::chrono_literals;
  using Milliseconds = BreakerOptions::Milliseconds;
  return FieldChecker(prefix)
      .between<Milliseconds>("window", options.window, 100ms, 1h)
      .between<std::uint32_t>("minimum_calls", options.minimum_calls, 1, 1'000'000)
      .between("failure_ratio", options.failure_ratio, 0.01, 1.0)
      .between<Milliseconds>("slow_call", options.slow_call, 0ms, 1h)
      .between("slow_ratio", options.slow_ratio, 0.01, 1.0)
      .between<Milliseconds>("open_time", options.open_time, 1ms, 24h)
      .between("open_growth", options.open_growth, 1.0, 10.0)
      .between<Milliseconds>("open_time_most", options.open_time_most, 1ms, 24h)
      .require(options.open_time <= options.open_time_most, "open_time",
               fmt::format("is {}; it must be at most {}open_time_most, {}",
                           shown(options.open_time), prefix, shown(options.open_time_most)))
      .between("open_jitter", options.open_jitter, 0.0, 0.9)
      .between<std::uint32_t>("probes", options.probes, 1, BreakerOptions::kMostProbes)
      .between<std::uint32_t>("successes_to_close", options.successes_to_close, 1, 1000)
      .between<Milliseconds>("probe_lease", options.probe_lease, 1ms, 1h)
      .result();
}

}  // namespace sublet::policy
