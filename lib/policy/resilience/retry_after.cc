// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/retry_after.h"

#include <algorithm>

#include "policy/http_fields.h"

namespace sublet::policy {

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      WallTime now) noexcept {
  if (const auto seconds = parse_delta_seconds(trim_field(value))) return seconds;
  const std::optional<WallTime> date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, std::chrono::seconds{0}, kMostDeltaSeconds);
}

}  // namespace sublet::policy
