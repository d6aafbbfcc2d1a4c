// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"

namespace sublet::events {

// A delivery of the queue's, or a dead letter, as hosts see it.
DeliveryInfo to_info(EventDelivery delivery);

}  // namespace sublet::events
