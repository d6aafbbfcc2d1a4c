// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_ids.h"
#include "events/caused_events.h"
#include "events/controls.h"
#include "events/ports.h"
#include "events/publish_limits.h"
#include "events/publisher.h"

namespace sublet::events {

// What becomes of a publication: the receipt, which is final where there is no unit.
struct PlannedPublication {
  PublishReceipt receipt;
  std::optional<EventEnqueue> unit;
  bool count = false;  // see PublishLimits::Answer
};

// Who gets a publication, and whether it may be published now.
//
// Ownership: what `setup` and the constructor name outlives it. Thread safety: thread-safe.
class PublishPlanner {
 public:
  PublishPlanner(const Setup& setup, const Controls& controls);

  // The publication is well-formed. What it takes of the limits is given back by the caller where
  // the unit does not get into the queue.
  PlannedPublication plan(Publication publication, const PublishedBy& by);

  std::vector<NewDelivery> fan_out(const EventDelivery& delivery, const Envelope& envelope) const;
  PublishLimits& limits() { return limits_; }

 private:
  // Queues that it goes to: an empty extension is for others to hand on. Sets the receipt where
  // there is none.
  std::vector<EventQueueName> find_queues(const Publication& publication, bool known,
                                          PublishReceipt& receipt) const;
  bool is_allowed(const Publication& publication, const EventPolicy& policy, const PublishedBy& by,
                  std::size_t deliveries, PlannedPublication& planned);
  EventEnqueue unit_of(Publication publication, const PublishedBy& by, const std::string& event_id,
                       std::vector<EventQueueName> queues) const;

  const Directory& directory_;
  const base::Clock& clock_;
  const EventClock calendar_;
  const Controls& controls_;
  base::EventIds ids_;
  PublishLimits limits_;
  CausedEvents caused_;
};

}  // namespace sublet::events
