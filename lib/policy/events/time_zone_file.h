// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sublet::policy {

// What a time zone's file (TZif, RFC 8536) says of the time after its last entry: a rule as of
// POSIX's TZ, empty where it has none. Nothing where `content` is not sound enough to be read by
// the time zone library, which ends the process on some files that are not.
std::optional<std::string> time_zone_rule(std::string_view content);

}  // namespace sublet::policy
