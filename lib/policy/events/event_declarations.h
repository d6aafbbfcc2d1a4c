// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sublet/events.h"

namespace sublet::policy {

inline constexpr std::uint32_t kMaxBatch = 1000;
inline constexpr std::size_t kMaxManifestSchedules = 64;

// Several deliveries of one event as one invocation.
struct BatchDeclaration {
  std::uint32_t size = 1;  // at most kMaxBatch
  std::chrono::milliseconds window{0};
  std::uint32_t line = 0;
};

// The manifest's `delivery`: what it leaves out is the policy's.
struct DeliveryDeclaration {
  std::optional<std::uint32_t> max_attempts;
  std::optional<std::chrono::milliseconds> first_backoff;
  std::optional<std::chrono::milliseconds> last_backoff;
  std::optional<std::chrono::milliseconds> max_age;
  std::map<std::string, BatchDeclaration, std::less<>> batches;  // by event
};

// The policy's, lowered where the manifest asks for less; a backoff is the manifest's, since a
// longer one costs nobody anything, within the ranges of DeliveryPolicy.
DeliveryPolicy effective_delivery(const DeliveryPolicy& policy, const DeliveryDeclaration& asked);

// One of the manifest's `schedules`. Tenant and extension are left empty.
struct ScheduleDeclaration {
  Schedule schedule;
  std::uint32_t line = 0;
};

}  // namespace sublet::policy
