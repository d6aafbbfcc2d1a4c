// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/controls.h"
#include "events/envelope.h"
#include "events/payload_schemas.h"
#include "events/setup.h"
#include "sublet/events.h"

namespace sublet::events {

// Who publishes, and what led to it.
struct PublishedBy {
  Source source = Source::kHost;
  std::string extension;            // kExtension
  std::vector<std::string> causes;  // kExtension: of the event it answers, with that event's own id
};

// Takes events, holds them against policy, controls and schemas, hands them to who listens, and
// puts the deliveries into the queue.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside the call, under
// no lock.
class Publisher : public std::enable_shared_from_this<Publisher> {
 public:
  // `controls` outlives it. `enqueued` is told of queues that got something (the pump's kick).
  static std::shared_ptr<Publisher> create(
      const Setup& setup, const Controls& controls, PayloadSchemas schemas,
      std::function<void(std::vector<EventQueueName>)> enqueued);
  virtual ~Publisher() = default;

  // An Error (kInvalidArgument) names the first publication that is malformed ("publications[3]:
  // ..."), and nothing of the call was done. Else a receipt for each, when what was accepted is
  // durable. `records` are written together with the first one (kConflict there: kDuplicate), for
  // schedules that fire.
  virtual void publish(std::vector<Publication> publications, PublishedBy by,
                       PublishCallback done) noexcept = 0;
  // A schedule fires: for its own extension, together with the record that says so; false in the
  // answer: another process was first.
  virtual void fire(Publication publication, std::vector<EventRecordWrite> records,
                    EventCallback<bool> done) noexcept = 0;

  // The deliveries that an event of the outbox becomes; empty: nobody listens.
  virtual std::vector<NewDelivery> fan_out(const EventDelivery& delivery,
                                           const Envelope& envelope) const = 0;
};

}  // namespace sublet::events
