// SPDX-License-Identifier: Apache-2.0
#include "events/burial.h"

#include <string_view>

#include "events/attempt_note.h"
#include "events/delivery_record.h"
#include "events/envelope.h"

namespace sublet::events {

std::string burial_record(const EventDelivery& delivery, const std::string& reason, Outcome outcome,
                          EventTime now) {
  DeliveryRecord record;
  record.tenant = delivery.queue.tenant;
  record.extension = delivery.queue.extension;
  record.event = delivery.queue.event;
  record.event_id = delivery.event_id;
  record.delivery = delivery.id;
  record.outcome = outcome;
  record.dead = true;
  record.reason = reason;
  record.attempts = delivery.attempts;
  if (const auto note = read_note(delivery.note)) {
    record.outcome = note->outcome;
    record.error_name = note->error_name;
    record.error_message = note->error_message;
  }
  record.published_at = read_envelope(delivery.envelope, delivery.enqueued_at).published_at;
  record.settled_at = now;
  return to_text(record);
}

}  // namespace sublet::events
