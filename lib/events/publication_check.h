// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "events/payload_schemas.h"
#include "sublet/events.h"

namespace sublet::events {

// Whether a publication is well-formed; the message begins with `field`, which is what the
// publication is called: "publications[3].payload ...". `policy`: null where this process knows
// nothing of the tenant.
Result<void> check_publication(const std::string& field, const Publication& publication,
                               const EventPolicy* policy, const PayloadSchemas& schemas,
                               EventTime now);

}  // namespace sublet::events
