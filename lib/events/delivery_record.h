// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"

namespace sublet::events {

// How a delivery ended, as EventSettlement::completion: JSON, without the cursor. What is at its
// default is left out.
std::string to_text(const DeliveryRecord& record);
// With its cursor. What cannot be read is a record of the tenant's with nothing but cursor, time
// and Outcome::kInternalError: a page is never lost for it.
DeliveryRecord read_record(const EventCompletion& completion) noexcept;

}  // namespace sublet::events
