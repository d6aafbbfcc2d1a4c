// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_scan.h"
#include "base/utf8.h"
#include "policy/events/schedule_rule.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kMaxScheduleName = 128;

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxScheduleName) {
    return invalid(fmt::format("name must have 1 to {} bytes", kMaxScheduleName));
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (!base::is_utf8(name) || std::any_of(name.begin(), name.end(), is_control)) {
    return invalid(
        fmt::format("name {} must be UTF-8 without control characters", in_quotes(name)));
  }
  return {};
}

Result<void> check_data(std::string_view data, const EventPolicy& policy) {
  if (data.empty()) return {};
  const std::uint64_t most = policy.schedule_data.count;
  if (data.size() > most) {
    return invalid(fmt::format("data has {} bytes; it may have at most {}", data.size(), most));
  }
  // It is put into the payload's object.
  const std::uint32_t depth = std::max(policy.limits.payload_depth, 1U) - 1;
  const base::JsonScan scan = base::scan_json(data, depth);
  if (scan.fault == base::JsonFault::kTooDeep) {
    return invalid(fmt::format("data is nested more than {} deep", depth));
  }
  if (!scan.ok()) return invalid(fmt::format("data is no JSON, at byte {}", scan.offset));
  return {};
}

}  // namespace

Result<void> check_schedule(const Schedule& schedule, const EventPolicy& policy) {
  if (auto fits = check_tenant_id("tenant", schedule.tenant); !fits) return fits;
  if (auto fits = check_extension_name("extension", schedule.extension); !fits) return fits;
  if (auto fits = check_name(schedule.name); !fits) return fits;
  if (auto fits = check_event_name("event", schedule.event); !fits) return fits;
  const int kinds =
      int{schedule.at.has_value()} + int{schedule.every.count() != 0} + int{!schedule.cron.empty()};
  if (kinds != 1) return invalid("exactly one of at, every and cron must be given");
  if (!schedule.time_zone.empty() && schedule.cron.empty()) {
    return invalid("time_zone is of cron only");
  }
  return check_data(schedule.data, policy);
}

}  // namespace sublet::policy
