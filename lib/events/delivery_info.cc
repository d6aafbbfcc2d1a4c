// SPDX-License-Identifier: Apache-2.0
#include "events/delivery_info.h"

#include <optional>
#include <utility>

#include "events/attempt_note.h"
#include "events/envelope.h"

namespace sublet::events {

DeliveryInfo to_info(EventDelivery delivery) {
  DeliveryInfo info;
  info.id = delivery.id;
  info.state = delivery.state;
  info.published_at = read_envelope(delivery.envelope, delivery.enqueued_at).published_at;
  info.due_at = delivery.due_at;
  info.attempts = delivery.attempts;
  info.died_at = delivery.died_at;
  info.tenant = std::move(delivery.queue.tenant);
  info.extension = std::move(delivery.queue.extension);
  info.event = std::move(delivery.queue.event);
  info.event_id = std::move(delivery.event_id);
  info.payload = std::move(delivery.payload);
  info.ordering_key = std::move(delivery.ordering_key);
  info.reason = std::move(delivery.reason);
  if (std::optional<AttemptNote> note = read_note(delivery.note)) {
    info.last_outcome = note->outcome;
    info.error_name = std::move(note->error_name);
    info.error_message = std::move(note->error_message);
  }
  return info;
}

}  // namespace sublet::events
