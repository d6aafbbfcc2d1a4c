// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sublet::policy {

// Seconds of the calendar, in UTC.
using WallTime = std::chrono::sys_seconds;

// The time that an HTTP-date (RFC 9110 section 5.6.7) says, in any of its three formats and exactly
// as their grammar has it, white space around it aside; nothing for anything else, and for dates
// that don't exist or whose day of the week is another. `now` tells the century of a year of two
// digits: one that seems more than 50 years ahead is in the past.
std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) noexcept;

}  // namespace sublet::policy
