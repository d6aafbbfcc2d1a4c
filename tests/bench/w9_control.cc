// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/works.h"

namespace sublet::bench {

// How far past its 50 ms of CPU time a handler gets that never returns.
std::vector<Row> measure_control_regained(const Settings& settings) {
  auto host = make_host(1);
  checked(host->install("spinning",
                        extension_of(read_input("spin.js"), State::kInvocation, Realm::kStandard)));
  const double limit_ms = static_cast<double>(Limits{}.cpu_time.count());
  const std::size_t runs = settings.quick ? 10 : 100;
  std::vector<double> over_cpu, over_wall;
  for (std::size_t i = 0; i < runs; ++i) {
    Event event;
    event.tenant = "spinning";
    event.event = kEventName;
    event.payload = "{}";
    const InvocationResult result = checked(host->invoke(std::move(event)));
    if (result.outcome != Outcome::kExceededCpu) {
      throw Failure("for(;;){} ended as " + std::string(to_string(result.outcome)));
    }
    over_cpu.push_back(static_cast<double>(result.usage.cpu_time.count()) / 1e6 - limit_ms);
    over_wall.push_back(static_cast<double>(result.usage.wall_time.count()) / 1e6 - limit_ms);
  }
  Row row;
  row.work = "W9";
  row.key = "p99_ms";
  row.question = "CPU time past the limit until control is regained from for(;;){}, p99";
  row.unit = "ms";
  row.value = row.sublet = percentile(over_cpu, 0.99);
  row.low = percentile(over_cpu, 0);
  row.high = percentile(over_cpu, 1);
  row.target = 5;
  row.extra = {{"p50_ms", median(over_cpu)},
               {"wall_p50_ms", median(over_wall)},
               {"wall_p99_ms", percentile(over_wall, 0.99)},
               {"runs", static_cast<double>(runs)}};
  return {row};
}

}  // namespace sublet::bench
