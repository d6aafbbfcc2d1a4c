// SPDX-License-Identifier: Apache-2.0
#include "policy/effective_limits.h"

#include <doctest/doctest.h>

namespace sublet::policy {

using std::chrono::milliseconds;

TEST_CASE("effective_limits: a manifest that asks for nothing gets the policy's") {
  const Limits limits = effective_limits(Limits::for_events(), ManifestLimits());
  CHECK(limits.cpu_time == milliseconds(2000));
  CHECK(limits.soft_cpu_time == milliseconds(1000));
  CHECK(limits.heap == Limits().heap);
}

TEST_CASE("effective_limits: each field is lowered, and none is raised") {
  Limits policy;
  policy.dry_run = LimitSet{1};
  for (const std::uint64_t value : {std::uint64_t{4}, std::uint64_t{4096}}) {
    ManifestLimits asked;
    for (const ManifestLimitField& field : kManifestLimitFields) field.set(asked, value);
    asked.soft_cpu_time.reset();
    const Limits limits = effective_limits(policy, asked);
    const bool lower = value == 4;
    CHECK(limits.cpu_time == (lower ? milliseconds(4) : policy.cpu_time));
    CHECK(limits.wall_time == (lower ? milliseconds(4) : policy.wall_time));
    CHECK(limits.startup_cpu_time == (lower ? milliseconds(4) : policy.startup_cpu_time));
    CHECK(limits.heap == (lower ? Bytes::mebibytes(4) : policy.heap));
    CHECK(limits.external_memory == (lower ? Bytes::mebibytes(4) : policy.external_memory));
    CHECK(limits.payload == (lower ? Bytes::kibibytes(4) : policy.payload));
    CHECK(limits.result == (lower ? Bytes::kibibytes(4) : policy.result));
    CHECK(limits.log_lines == (lower ? 4 : policy.log_lines));
    CHECK(limits.host_calls == (lower ? 4 : policy.host_calls));
    CHECK(limits.pending_host_calls == (lower ? 4 : policy.pending_host_calls));
    CHECK(limits.timers == (lower ? 4 : policy.timers));
    CHECK(limits.stack == policy.stack);
    CHECK(limits.dry_run == policy.dry_run);
    CHECK(validate(limits));
  }
}

TEST_CASE("effective_limits: the soft CPU limit stays at or below the CPU limit") {
  ManifestLimits asked;
  asked.soft_cpu_time = milliseconds(20);
  CHECK(effective_limits(Limits(), asked).soft_cpu_time == milliseconds(20));
  CHECK(effective_limits(Limits::for_events(), asked).soft_cpu_time == milliseconds(20));
  asked.soft_cpu_time = milliseconds(5000);
  CHECK(effective_limits(Limits(), asked).soft_cpu_time == milliseconds(50));
  CHECK(effective_limits(Limits::for_events(), asked).soft_cpu_time == milliseconds(1000));
  asked = {};
  asked.cpu_time = milliseconds(10);
  CHECK(effective_limits(Limits::for_events(), asked).soft_cpu_time == milliseconds(10));
}

}  // namespace sublet::policy
