// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sublet/adapters/event_queue.h"

// Times as tenant code writes them: ISO 8601, as far as JavaScript's own dates have it.
namespace sublet::hostcall {

// The last millisecond of the year 9999.
inline constexpr EventTime kLastTime{std::chrono::milliseconds(253'402'300'799'999)};

// As base::utc_time() writes it, or without milliseconds or seconds, and with "+02:00" for "Z".
// Nullopt for anything else, times before 1970 among it.
std::optional<EventTime> parse_iso(std::string_view text);

}  // namespace sublet::hostcall
