// SPDX-License-Identifier: Apache-2.0
#include "host/event_check.h"

#include "base/json_scan.h"
#include "policy/names.h"

namespace sublet::host {
namespace {

constexpr std::uint32_t kDeepest = 10'000;
constexpr Bytes kLargestFallback = Bytes::mebibytes(256);

Error invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::string_view reason(base::JsonFault fault) {
  return fault == base::JsonFault::kNotUtf8 ? "is not UTF-8" : "is not JSON";
}

Result<void> check_fallback(const std::string& fallback) {
  if (fallback.size() > kLargestFallback.count) {
    return invalid("InvokeOptions::fallback is larger than 256 MiB");
  }
  const base::JsonScan scan = base::scan_json(fallback, kDeepest);
  if (scan.ok()) return {};
  return invalid("InvokeOptions::fallback " + std::string(reason(scan.fault)) + " at byte " +
                 std::to_string(scan.offset));
}

}  // namespace

Result<void> check_names(const Event& event) {
  if (Result<void> r = policy::check_tenant_id("Event::tenant", event.tenant); !r) return r;
  if (Result<void> r = policy::check_event_name("Event::event", event.event); !r) return r;
  if (!event.extension.empty()) {
    return policy::check_extension_name("Event::extension", event.extension);
  }
  return {};
}

Result<void> check_call(const Event& event, const InvokeOptions& options) {
  if (!event.id.empty()) {
    if (Result<void> r = policy::check_event_id("Event::id", event.id); !r) return r;
  }
  if (event.attempt == 0) return invalid("Event::attempt is 0; attempts count from 1");
  if (options.deadline.count() < 0 || options.deadline > std::chrono::hours(24)) {
    return invalid("InvokeOptions::deadline must be between 0 and 24 h");
  }
  if (options.fallback.has_value()) return check_fallback(*options.fallback);
  return {};
}

Result<PayloadCheck> check_payload(const std::string& payload, const Limits& limits) {
  PayloadCheck check;
  if (payload.empty()) return check;
  if (payload.size() > limits.payload.count) {
    if (limits.enforcement(Limit::kPayload) == Enforcement::kEnforce) {
      return invalid("Event::payload has " + std::to_string(payload.size()) +
                     " bytes; limits.payload is " + std::to_string(limits.payload.count));
    }
    check.passed = check.passed | Limit::kPayload;
  }
  base::JsonScan scan = base::scan_json(payload, limits.payload_depth);
  if (scan.fault == base::JsonFault::kTooDeep &&
      limits.enforcement(Limit::kPayloadDepth) == Enforcement::kDryRun) {
    check.passed = check.passed | Limit::kPayloadDepth;
    // V8's own parser is recursive no deeper than the stack limit allows.
    scan = base::scan_json(payload, kDeepest);
  }
  if (scan.fault == base::JsonFault::kTooDeep) {
    return invalid("Event::payload is nested deeper than limits.payload_depth (" +
                   std::to_string(limits.payload_depth) + ") at byte " +
                   std::to_string(scan.offset));
  }
  if (!scan.ok()) {
    return invalid("Event::payload " + std::string(reason(scan.fault)) + " at byte " +
                   std::to_string(scan.offset));
  }
  check.ascii = scan.ascii;
  return check;
}

}  // namespace sublet::host
