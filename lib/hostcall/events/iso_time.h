// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sublet/adapters/event_queue.h"

// Times as tenant code writes them: ISO 8601, as far as JavaScript's own dates have it.
namespace sublet::hostcall {

// The last millisecond of the year 9999.
inline constexpr EventTime kLastTime{std::chrono::milliseconds(253'402'300'799'999)};

// "2026-01-31T09:00:00.000Z"; for times from 1970 to kLastTime.
std::string to_iso(EventTime time);
// The same, or without milliseconds or seconds, and with "+02:00" for "Z". Nullopt for anything
// else, times before 1970 among it.
std::optional<EventTime> parse_iso(std::string_view text);

}  // namespace sublet::hostcall
