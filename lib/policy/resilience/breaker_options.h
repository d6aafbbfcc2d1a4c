// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sublet/request.h"
#include "sublet/result.h"

namespace sublet::policy {

using sublet::BreakerOptions;

// Checks every field against the range in its comment; the message names field and range. `prefix`
// stands before the name of the field: "breaker.".
Result<void> validate(const BreakerOptions& options, std::string_view prefix);

}  // namespace sublet::policy
