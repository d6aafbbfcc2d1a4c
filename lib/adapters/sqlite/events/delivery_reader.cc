// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/delivery_reader.h"

#include <string>

#include "adapters/sqlite/events/schema.h"
#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite::events {
namespace {

using State = EventDelivery::State;

State state_of(std::int64_t column) {
  if (column == kClaimed) return State::kClaimed;
  return column == kBlocked ? State::kBlocked : State::kWaiting;
}

}  // namespace

DeliveryReader::DeliveryReader(Connection& connection)
    : living_(connection,
              "SELECT fence, attempts, due_at, enqueued_at, d.expires_at, tenant, extension, event,"
              " event_id, ordering_key, note, state, owner"
              " FROM delivery d JOIN queue q ON q.id = d.queue WHERE d.id = ?"),
      dead_(connection,
            "SELECT fence, attempts, due_at, enqueued_at, d.expires_at, tenant, extension, event,"
            " event_id, ordering_key, note, reason, died_at"
            " FROM dead d JOIN queue q ON q.id = d.queue WHERE d.id = ?"),
      body_(connection, "SELECT envelope, payload FROM body WHERE id = ?") {}

std::optional<EventDelivery> DeliveryReader::find(std::uint64_t id, bool dead, bool payloads) {
  Query query(dead ? dead_ : living_);
  if (!query.bind(id).next()) return std::nullopt;
  EventDelivery found;
  found.id = id;
  found.fence = query.count(0);
  found.attempts = static_cast<std::uint32_t>(query.integer(1));
  found.due_at = query.time(2);
  found.enqueued_at = query.time(3);
  found.expires_at = query.optional_time(4);
  found.queue = {std::string(query.bytes(5)), std::string(query.bytes(6)),
                 std::string(query.bytes(7))};
  found.event_id = query.bytes(8);
  found.ordering_key = query.bytes(9);
  found.note = query.bytes(10);
  if (dead) {
    found.state = State::kDead;
    found.reason = query.bytes(11);
    found.died_at = query.time(12);
  } else {
    found.state = state_of(query.integer(11));
    found.owner = query.bytes(12);
  }
  if (payloads) read_body(found);
  return found;
}

void DeliveryReader::read_body(EventDelivery& delivery) {
  Query query(body_);
  if (!query.bind(delivery.id).next()) {
    throw Failure{
        {ErrorCode::kFailedPrecondition, "the database is damaged: a payload is missing"}};
  }
  delivery.envelope = query.bytes(0);
  delivery.payload = query.bytes(1);
}

}  // namespace sublet::adapters::sqlite::events
