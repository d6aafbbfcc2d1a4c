// SPDX-License-Identifier: Apache-2.0
#include "events/publication_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/json_scan.h"
#include "policy/names.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxKey = 256;
constexpr auto kLatest = 400 * 24h;
constexpr std::uint32_t kDeepest = 10'000;

Result<void> refused(const std::string& field, std::string_view what) {
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} {}", field, what)};
}

Result<void> check_names(const std::string& field, const Publication& publication) {
  Result<void> valid = policy::check_tenant_id(field + ".tenant", publication.tenant);
  if (valid) valid = policy::check_event_name(field + ".event", publication.event);
  if (valid && !publication.extension.empty()) {
    valid = policy::check_extension_name(field + ".extension", publication.extension);
  }
  if (!valid || publication.id.empty()) return valid;
  if (publication.id.size() > kMaxId) {
    return refused(field + ".id", fmt::format("has more than {} bytes", kMaxId));
  }
  return policy::check_event_id(field + ".id", publication.id);
}

Result<void> check_keys(const std::string& field, const Publication& publication) {
  const std::string too_long = fmt::format("has more than {} bytes", kMaxKey);
  if (publication.ordering_key.size() > kMaxKey) return refused(field + ".ordering_key", too_long);
  if (publication.idempotency_key.empty()) return {};
  if (publication.idempotency_key.size() > kMaxKey) {
    return refused(field + ".idempotency_key", too_long);
  }
  if (publication.idempotency_window < 1s || publication.idempotency_window > 30 * 24h) {
    return refused(field + ".idempotency_window", "must be between 1 s and 30 days");
  }
  return {};
}

Result<void> check_payload(const std::string& field, const std::string& payload,
                           const EventPolicy* policy) {
  if (payload.empty()) return {};
  const auto enforced = [policy](Limit limit) {
    return policy != nullptr && policy->limits.enforcement(limit) == Enforcement::kEnforce;
  };
  std::uint64_t most = EventQueue::kMaxPayloadBytes;
  if (enforced(Limit::kPayload)) most = std::min(most, policy->limits.payload.count);
  if (payload.size() > most) {
    return refused(field, fmt::format("has {} bytes; at most {}", payload.size(), most));
  }
  const std::uint32_t depth =
      enforced(Limit::kPayloadDepth) ? policy->limits.payload_depth : kDeepest;
  const base::JsonScan scan = base::scan_json(payload, depth);
  switch (scan.fault) {
    case base::JsonFault::kNone:
      return {};
    case base::JsonFault::kTooDeep:
      return refused(field, fmt::format("is nested deeper than {} at byte {}", depth, scan.offset));
    case base::JsonFault::kNotUtf8:
      return refused(field, fmt::format("is not UTF-8 at byte {}", scan.offset));
    case base::JsonFault::kSyntax:
      break;
  }
  return refused(field, fmt::format("is not JSON at byte {}", scan.offset));
}

}  // namespace

Result<void> check_publication(const std::string& field, const Publication& publication,
                               const EventPolicy* policy, const PayloadSchemas& schemas,
                               EventTime now) {
  if (Result<void> names = check_names(field, publication); !names) return names;
  if (Result<void> keys = check_keys(field, publication); !keys) return keys;
  if (publication.not_before && *publication.not_before > now + kLatest) {
    return refused(field + ".not_before", "is more than 400 days from now");
  }
  const std::string payload = field + ".payload";
  Result<void> valid = check_payload(payload, publication.payload, policy);
  if (!valid) return valid;
  valid = schemas.check(publication.event, publication.payload);
  return valid ? valid : refused(payload + ":", valid.error().message);
}

}  // namespace sublet::events
