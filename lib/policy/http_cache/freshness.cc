// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/freshness.h"

#include <algorithm>
#include <array>

namespace sublet::policy {
namespace {

using std::chrono::seconds;

seconds bounded(seconds time) { return std::clamp(time, seconds{0}, kMostDeltaSeconds); }

// A response without a usable Date is of when it came (RFC 9110 section 6.6.1).
WallTime date_of(const HttpFields& fields, WallTime received_at) {
  const auto value = only_value_of(fields, "Date");
  if (!value) return received_at;
  return parse_http_date(*value, received_at).value_or(received_at);
}

seconds expires_lifetime(const HttpFields& fields, WallTime received_at) {
  const auto value = only_value_of(fields, "Expires");
  if (!value) return seconds{0};  // several that differ
  // RFC 9111 section 5.3: an invalid date, "0" above all, is in the past.
  const std::optional<WallTime> expires = parse_http_date(*value, received_at);
  return expires ? bounded(*expires - date_of(fields, received_at)) : seconds{0};
}

seconds heuristic_lifetime(const HttpFields& fields, WallTime received_at, seconds most) {
  const auto value = only_value_of(fields, "Last-Modified");
  if (!value) return seconds{0};
  const std::optional<WallTime> modified = parse_http_date(*value, received_at);
  if (!modified) return seconds{0};
  return std::min(bounded(date_of(fields, received_at) - *modified) / 10, most);
}

// RFC 9111 section 5.1: the first member of the first line; what is no number is ignored.
seconds age_value(const HttpFields& fields) {
  const std::vector<std::string_view> members = list_members(fields, "Age");
  if (members.empty()) return seconds{0};
  return parse_delta_seconds(members.front()).value_or(seconds{0});
}

}  // namespace

bool is_heuristically_cacheable(std::uint16_t status) noexcept {
  constexpr std::array<std::uint16_t, 11> kStatuses = {200, 203, 204, 300, 301, 308,
                                                       404, 405, 410, 414, 501};
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

seconds freshness_lifetime(std::uint16_t status, const HttpFields& fields,
                           const CacheControl& control, WallTime received_at,
                           const CacheOptions& options) {
  if (control.max_age) return *control.max_age;
  if (has_field(fields, "Expires")) return expires_lifetime(fields, received_at);
  if (!is_heuristically_cacheable(status) && !control.is_public) return seconds{0};
  return heuristic_lifetime(fields, received_at, options.heuristic_most);
}

base::Nanoseconds initial_age(const HttpFields& fields, const ResponseTimes& times) {
  const seconds apparent = bounded(times.received_at - date_of(fields, times.received_at));
  const base::Nanoseconds delay = std::max(base::Nanoseconds{0}, times.received - times.requested);
  const base::Nanoseconds corrected = base::Nanoseconds(age_value(fields)) + delay;
  return std::max(base::Nanoseconds(apparent), corrected);
}

}  // namespace sublet::policy
