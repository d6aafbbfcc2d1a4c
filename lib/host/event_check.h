// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sublet/event.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::host {

// Refuses an event whose tenant, event or extension name is not well-formed. A name under which
// something was found needs no check.
Result<void> check_names(const Event& event);
// Refuses an id, attempt, deadline or fallback that is not well-formed.
Result<void> check_call(const Event& event, const InvokeOptions& options);

// What is known of a payload that may enter an isolate.
struct PayloadCheck {
  bool ascii = true;
  LimitSet passed = 0;  // limits that it passes in dry-run mode
};

// Refuses a payload that is no JSON, or larger or deeper than the limits say.
Result<PayloadCheck> check_payload(const std::string& payload, const Limits& limits);

}  // namespace sublet::host
