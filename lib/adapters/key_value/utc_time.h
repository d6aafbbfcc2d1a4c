// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// "2026-11-22T08:00:00.000Z", as JavaScript's Date.prototype.toISOString() writes it; of the years
// 0 to 9999, and the nearest of these times of all others.
std::string utc_time(KeyValueTime time);

// What utc_time() wrote; anything else is nothing.
std::optional<KeyValueTime> parse_utc_time(std::string_view text);

}  // namespace sublet::adapters
