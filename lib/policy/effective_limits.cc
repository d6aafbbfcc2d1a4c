// SPDX-License-Identifier: Apache-2.0
#include "policy/effective_limits.h"

#include <algorithm>

namespace sublet::policy {
namespace {

template <typename T>
void lower(T& limit, const std::optional<T>& asked) {
  if (asked) limit = std::min(limit, *asked);
}

}  // namespace

Limits effective_limits(const Limits& policy, const ManifestLimits& manifest) {
  Limits limits = policy;
  lower(limits.cpu_time, manifest.cpu_time);
  lower(limits.wall_time, manifest.wall_time);
  lower(limits.startup_cpu_time, manifest.startup_cpu_time);
  lower(limits.heap, manifest.heap);
  lower(limits.external_memory, manifest.external_memory);
  lower(limits.payload, manifest.payload);
  lower(limits.result, manifest.result);
  lower(limits.log_lines, manifest.log_lines);
  lower(limits.host_calls, manifest.host_calls);
  lower(limits.pending_host_calls, manifest.pending_host_calls);
  lower(limits.timers, manifest.timers);
  lower(limits.kv_operations, manifest.kv_operations);
  lower(limits.requests, manifest.requests);
  // 0 means no soft limit, so asking for one where the policy has none is asking for less.
  if (manifest.soft_cpu_time) {
    const bool none = limits.soft_cpu_time.count() == 0;
    limits.soft_cpu_time =
        none ? *manifest.soft_cpu_time : std::min(limits.soft_cpu_time, *manifest.soft_cpu_time);
  }
  limits.soft_cpu_time = std::min(limits.soft_cpu_time, limits.cpu_time);
  return limits;
}

}  // namespace sublet::policy
