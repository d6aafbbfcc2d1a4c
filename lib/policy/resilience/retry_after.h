// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "policy/http_date.h"

namespace sublet::policy {

// How long a Retry-After field (RFC 9110 section 10.2.3: seconds, or an HTTP-date) asks to wait,
// from `now` on; 0 for a date that is past, nothing for what is neither. At most 2^31 seconds, as
// RFC 9111 section 1.2.2 has it for numbers too large.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      WallTime now) noexcept;

}  // namespace sublet::policy
