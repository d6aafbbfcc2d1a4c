// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "policy/http_cache/cache_control.h"
#include "policy/http_cache/cache_options.h"
#include "policy/http_date.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// When a response was asked for and came. The calendar is only compared with what the other side
// wrote; how long a response lies here is measured with the clock that nobody sets.
struct ResponseTimes {
  base::TimePoint requested{};
  base::TimePoint received{};
  WallTime received_at{};
};

// RFC 9110 section 15.1: may be stored without saying for how long. Without 206: no parts are kept.
bool is_heuristically_cacheable(std::uint16_t status) noexcept;

// How long a response is fresh from its Date on (RFC 9111 section 4.2.1, of a private cache):
// max-age, else Expires, else the heuristic. 0 where what it says is wrong or contradictory.
std::chrono::seconds freshness_lifetime(std::uint16_t status, const HttpFields& fields,
                                        const CacheControl& control, WallTime received_at,
                                        const CacheOptions& options);

// RFC 9111 section 4.2.3: corrected_initial_age.
base::Nanoseconds initial_age(const HttpFields& fields, const ResponseTimes& times);

}  // namespace sublet::policy
