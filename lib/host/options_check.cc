// SPDX-License-Identifier: Apache-2.0
#include "host/options_check.h"

#include <sched.h>

#include <algorithm>
#include <string>
#include <thread>

#include "runtime/memory_limit.h"

namespace sublet::host {
namespace {

constexpr std::uint32_t kMostWorkers = 256;
constexpr std::uint32_t kMostWarm = 64;
constexpr Bytes kSmallestBudget = Bytes::mebibytes(16);

// The CPUs that this process may run on, which containers make fewer than the machine's.
std::uint32_t available_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<std::uint32_t>(count);
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

Error out_of_range(const std::string& field, std::uint64_t value, const std::string& range) {
  return Error{ErrorCode::kInvalidArgument, "HostOptions::" + field + " is " +
                                                std::to_string(value) + "; it must be " + range};
}

}  // namespace

Result<HostOptions> complete_options(HostOptions options) {
  if (options.workers > kMostWorkers) {
    return out_of_range("workers", options.workers, "at most 256");
  }
  if (options.warm_isolates > kMostWarm) {
    return out_of_range("warm_isolates", options.warm_isolates, "at most 64");
  }
  if (options.warm_contexts > kMostWarm) {
    return out_of_range("warm_contexts", options.warm_contexts, "at most 64");
  }
  if (options.warm_sandboxes > kMostWarm) {
    return out_of_range("warm_sandboxes", options.warm_sandboxes, "at most 64");
  }
  if (options.clock_resolution < std::chrono::microseconds(0) ||
      options.clock_resolution > std::chrono::seconds(1)) {
    return Error{ErrorCode::kInvalidArgument,
                 "HostOptions::clock_resolution is " +
                     std::to_string(options.clock_resolution.count()) +
                     " microseconds; it must be 0 to 1,000,000"};
  }
  if (options.memory_budget.count != 0 && options.memory_budget < kSmallestBudget) {
    return out_of_range("memory_budget", options.memory_budget.count, "at least 16 MiB, or 0");
  }
  if (Result<void> policy = validate(options.default_policy); !policy) {
    return Error{policy.error().code, "HostOptions::default_policy: " + policy.error().message};
  }
  if (options.workers == 0) options.workers = std::min(kMostWorkers, available_cpus());
  if (options.memory_budget.count == 0) options.memory_budget = runtime::default_memory_budget();
  return options;
}

}  // namespace sublet::host
