// SPDX-License-Identifier: Apache-2.0
#include "events/pump/item.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "events/delivery_record.h"

namespace sublet::events {
namespace {

using Kind = EventSettlement::Kind;

DeliveryRecord make_record(const EventQueueName& queue, const PumpItem& item,
                           const policy::DeliveryDecision& decision, const AttemptNote& note,
                           const PumpUsage& usage, EventTime now) {
  DeliveryRecord record;
  record.tenant = queue.tenant;
  record.extension = queue.extension;
  record.event = queue.event;
  record.event_id = item.event_id;
  record.delivery = item.lease.id;
  record.outcome = note.outcome;
  record.dead = decision.kind == Kind::kDead;
  record.reason = decision.reason;
  record.attempts = item.state.attempts;
  record.error_name = base::cut_utf8(note.error_name, AttemptNote::kMostNameBytes);
  record.error_message = base::cut_utf8(note.error_message, AttemptNote::kMostMessageBytes);
  record.extension_version = usage.extension_version;
  record.published_at = item.published_at;
  record.settled_at = now;
  record.cpu_time = usage.cpu_time;
  record.wall_time = usage.wall_time;
  return record;
}

}  // namespace

PumpItem make_item(const EventDelivery& delivery, const Envelope& envelope) {
  PumpItem item;
  item.lease = {delivery.id, delivery.fence};
  item.event_id = delivery.event_id;
  item.keyed = !delivery.ordering_key.empty();
  item.published_at = envelope.published_at;
  item.last = read_note(delivery.note);
  item.state.attempts = delivery.attempts;
  item.state.age_from =
      std::max(envelope.published_at, envelope.not_before.value_or(envelope.published_at));
  item.state.expires_at = delivery.expires_at;
  item.state.has_result = item.last.has_value();
  return item;
}

PumpUsage usage_of(const InvocationResult& result, std::size_t items) {
  const auto count = static_cast<std::int64_t>(std::max<std::size_t>(1, items));
  return {result.extension_version, result.usage.cpu_time / count, result.usage.wall_time};
}

AttemptNote note_of(const InvocationResult& result) {
  AttemptNote note;
  note.outcome = result.outcome;
  if (!result.error) return note;
  note.error_name = result.error->name;
  note.error_message = result.error->message;
  return note;
}

AttemptNote note_without_attempt(const PumpItem& item, const policy::DeliveryDecision& decision,
                                 std::string message) {
  AttemptNote note = item.last.value_or(AttemptNote{});
  if (decision.as) note.outcome = *decision.as;
  if (item.last && !decision.as) return note;
  note.error_name = to_string(note.outcome);
  note.error_message = std::move(message);
  return note;
}

PumpSettlement make_settlement(const EventQueueName& queue, const PumpItem& item,
                               const policy::DeliveryDecision& decision, const AttemptNote& note,
                               const PumpUsage& usage, EventTime now) {
  PumpSettlement made;
  made.queue = queue;
  made.keyed = item.keyed;
  EventSettlement& settlement = made.settlement;
  settlement.lease = item.lease;
  settlement.kind = decision.kind;
  settlement.delay = decision.delay;
  settlement.reason = decision.reason;
  if (decision.kind == Kind::kRetry || decision.kind == Kind::kDead) {
    settlement.note = to_text(note);
  }
  if (decision.kind == Kind::kDone || decision.kind == Kind::kDead) {
    made.record = make_record(queue, item, decision, note, usage, now);
    settlement.completion = to_text(*made.record);
  }
  return made;
}

}  // namespace sublet::events
