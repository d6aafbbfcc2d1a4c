// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "policy/egress/egress_rules.h"
#include "policy/field_checker.h"
#include "policy/names.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/limits.h"
#include "sublet/tenant.h"

namespace sublet {
inline namespace v1 {
namespace {

using policy::FieldChecker;
using policy::shown;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr LimitSet kAllLimits = (static_cast<LimitSet>(Limit::kEvents) << 1) - 1;

Result<void> check_host_functions(const TenantPolicy& policy) {
  for (std::size_t i = 0; i < policy.host_functions.size(); ++i) {
    if (policy.host_functions[i] == "*") continue;
    const std::string field = fmt::format("host_functions[{}]", i);
    if (auto name = policy::check_host_function_name(field, policy.host_functions[i]); !name) {
      return name;
    }
  }
  return {};
}

}  // namespace

Result<void> validate(const Limits& limits) {
  constexpr std::uint32_t kNone = 0;
  constexpr Bytes kMost = Bytes::mebibytes(256);
  constexpr Bytes kFourGiB = Bytes::mebibytes(4096);
  return FieldChecker("limits.")
      .between<milliseconds>("cpu_time", limits.cpu_time, 1ms, 60s)
      .between<milliseconds>("soft_cpu_time", limits.soft_cpu_time, 0ms, 60s)
      .require(limits.soft_cpu_time <= limits.cpu_time, "soft_cpu_time",
               fmt::format("is {}; it must be at most limits.cpu_time, {}",
                           shown(limits.soft_cpu_time), shown(limits.cpu_time)))
      .between<milliseconds>("wall_time", limits.wall_time, 1ms, 1h)
      .between<milliseconds>("startup_cpu_time", limits.startup_cpu_time, 1ms, 60s)
      .between("heap", limits.heap, Bytes::mebibytes(4), kFourGiB)
      .between("external_memory", limits.external_memory, Bytes{}, kFourGiB)
      .between("stack", limits.stack, Bytes::kibibytes(64), Bytes::mebibytes(1))
      .between("payload", limits.payload, Bytes{}, kMost)
      .between<std::uint32_t>("payload_depth", limits.payload_depth, 1, 10'000)
      .between("result", limits.result, Bytes{}, kMost)
      .between<std::uint32_t>("log_lines", limits.log_lines, kNone, 65'536)
      .between("log_line", limits.log_line, Bytes{}, Bytes::mebibytes(1))
      .between<std::uint32_t>("host_calls", limits.host_calls, kNone, 1'000'000)
      .between<std::uint32_t>("pending_host_calls", limits.pending_host_calls, kNone, 10'000)
      .between<std::uint32_t>("timers", limits.timers, kNone, 10'000)
      .between("kv_key", limits.kv_key, Bytes{1}, Bytes{KeyValueStore::kMaxKeyBytes})
      .between("kv_value", limits.kv_value, Bytes{1}, Bytes{KeyValueStore::kMaxValueBytes})
      .between<std::uint32_t>("kv_operations", limits.kv_operations, kNone, 1'000'000)
      .between<std::uint32_t>("requests", limits.requests, kNone, 10'000)
      .between("request_body", limits.request_body, Bytes{}, Bytes::mebibytes(64))
      .between("response_body", limits.response_body, Bytes{}, Bytes::mebibytes(64))
      .between<milliseconds>("connect_time", limits.connect_time, 1ms, 10min)
      .between<milliseconds>("first_byte_time", limits.first_byte_time, 1ms, 10min)
      .between<milliseconds>("request_time", limits.request_time, 1ms, 10min)
      .require((limits.dry_run & ~kAllLimits) == 0, "dry_run",
               fmt::format("is {:#x}; it has bits that are no Limit", limits.dry_run))
      .result();
}

Result<void> validate(const TenantPolicy& policy) {
  if (auto limits = validate(policy.limits); !limits) return limits;
  Result<void> ranges =
      FieldChecker("")
          .between<std::uint32_t>("weight", policy.weight, 1, 1000)
          .between<std::uint32_t>("max_concurrency", policy.max_concurrency, 1, 10'000)
          .between<std::uint32_t>("max_queue", policy.max_queue, 0, 1'000'000)
          .between<milliseconds>("queue_time", policy.queue_time, 1ms, 24h)
          .between<std::uint32_t>("kv.rate.count", policy.kv.rate.count, 1, 1'000'000'000)
          .between<milliseconds>("kv.rate.per", policy.kv.rate.per, 1ms, 24h)
          .between<std::uint32_t>("kv.rate.burst", policy.kv.rate.burst, 0, 1'000'000'000)
          .result();
  if (!ranges) return ranges;
  if (auto requests = policy::validate(policy.requests, "requests."); !requests) return requests;
  if (auto events = validate(policy.events); !events) return events;
  return check_host_functions(policy);
}

}  // namespace v1
}  // namespace sublet
