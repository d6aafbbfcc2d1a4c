// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "policy/resilience/circuit_breaker.h"
#include "sublet/request.h"

namespace sublet::policy {

// A transition as hosts are told of it.
BreakerChange breaker_change(std::string_view tenant, std::string_view origin,
                             const BreakerTransition& transition);

}  // namespace sublet::policy
