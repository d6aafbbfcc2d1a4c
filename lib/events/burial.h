// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sublet/adapters/event_queue.h"
#include "sublet/invocation.h"

namespace sublet::events {

// Of a delivery that becomes a dead letter without another attempt: its completion, for
// EventQueue::bury(). `outcome`: where no attempt had one.
std::string burial_record(const EventDelivery& delivery, const std::string& reason, Outcome outcome,
                          EventTime now);

}  // namespace sublet::events
