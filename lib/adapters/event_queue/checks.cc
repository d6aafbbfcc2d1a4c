// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/checks.h"

#include "adapters/event_queue/bounds.h"

namespace sublet::adapters {

Result<void> check_event_name(std::string_view field, std::string_view name, std::size_t least) {
  if (Result<void> size = check_bytes(field, name, least, EventQueue::kMaxNameBytes); !size) {
    return size;
  }
  if (name.find('\0') == std::string_view::npos) return {};
  return Error{ErrorCode::kInvalidArgument, std::string(field) + " has a byte 0"};
}

Result<void> check_event_limit(std::uint32_t limit) {
  return check_range("limit", limit, 1, EventQueue::kMaxPage);
}

Result<void> check_event_leases(const std::vector<EventLease>& leases,
                                std::chrono::milliseconds lease) {
  if (Result<void> count =
          check_range("the number of leases", leases.size(), 0, EventQueue::kMaxClaim);
      !count) {
    return count;
  }
  return check_span("lease", lease, std::chrono::milliseconds(100), EventQueue::kMaxLease);
}

Result<void> check_filtered(const EventFilter& filter, std::uint32_t limit) {
  if (Result<void> valid = validate(filter); !valid) return valid;
  return check_event_limit(limit);
}

Result<void> check_bury(const EventFilter& filter, const std::string& reason, std::uint32_t limit) {
  if (Result<void> valid = check_filtered(filter, limit); !valid) return valid;
  return check_event_name("reason", reason);
}

Result<void> check_erase(const std::string& tenant, std::uint32_t limit) {
  if (Result<void> valid = check_event_name("tenant", tenant); !valid) return valid;
  return check_event_limit(limit);
}

Result<void> check_records_page(const std::string& kind, std::uint32_t limit) {
  if (Result<void> valid = check_event_name("kind", kind); !valid) return valid;
  return check_event_limit(limit);
}

}  // namespace sublet::adapters
