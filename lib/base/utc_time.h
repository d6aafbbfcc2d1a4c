// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sublet::base {

using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

// "2026-11-22T08:00:00.000Z", as JavaScript's Date.prototype.toISOString() writes it; of the years
// 0 to 9999, and the nearest of these times of all others.
std::string utc_time(UtcTime time);

// What utc_time() wrote; anything else is nothing.
std::optional<UtcTime> parse_utc_time(std::string_view text);

}  // namespace sublet::base
