// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "events/attempt_note.h"
#include "events/envelope.h"
#include "events/pump/settler.h"
#include "policy/events/delivery_decision.h"
#include "sublet/adapters/event_queue.h"
#include "sublet/invocation.h"

namespace sublet::events {

// What is kept of a delivery while an extension has it.
struct PumpItem {
  EventLease lease;
  std::string event_id;
  bool keyed = false;
  EventTime published_at{};
  policy::DeliveryState state;
  std::optional<AttemptNote> last;  // of the attempt before
};

PumpItem make_item(const EventDelivery& delivery, const Envelope& envelope);

// What one attempt used, of which version.
struct PumpUsage {
  std::string extension_version;
  std::chrono::nanoseconds cpu_time{0};
  std::chrono::nanoseconds wall_time{0};
};

// A batch's items share what its invocation used.
PumpUsage usage_of(const InvocationResult& result, std::size_t items);

// The end of an attempt as outcome and error; of one before which nothing ran, as far as there is
// one.
AttemptNote note_of(const InvocationResult& result);
AttemptNote note_without_attempt(const PumpItem& item, const policy::DeliveryDecision& decision,
                                 std::string message);

PumpSettlement make_settlement(const EventQueueName& queue, const PumpItem& item,
                               const policy::DeliveryDecision& decision, const AttemptNote& note,
                               const PumpUsage& usage, EventTime now);

}  // namespace sublet::events
