// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/deliveries.h"

#include <algorithm>

#include "adapters/sqlite/events/schema.h"

namespace sublet::adapters::sqlite::events {

Deliveries::Deliveries(Connection& connection, Counters& counters, Queues& queues)
    : counters_(counters),
      queues_(queues),
      add_(connection,
           "INSERT INTO delivery (id, position, queue, state, fence, attempts, due_at, enqueued_at,"
           " expires_at, scope, ordering_key, event_id, owner, note)"
           " VALUES (?1, ?1, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, x'', x'')"),
      add_body_(connection, "INSERT INTO body (id, envelope, payload) VALUES (?, ?, ?)"),
      find_(connection,
            "SELECT queue, state, fence, scope, ordering_key FROM delivery WHERE id = ?"),
      remove_(connection, "DELETE FROM delivery WHERE id = ?"),
      remove_body_(connection, "DELETE FROM body WHERE id = ?"),
      first_of_lane_(connection,
                     "SELECT id, state, queue FROM delivery WHERE scope = ? AND ordering_key = ?"
                     " ORDER BY position LIMIT 1"),
      unblock_(connection, "UPDATE delivery SET state = 0 WHERE id = ?"),
      die_(connection,
           "INSERT INTO dead (id, queue, fence, attempts, due_at, enqueued_at, expires_at,"
           " ordering_key, event_id, reason, died_at, note)"
           " SELECT id, queue, fence, attempts, due_at, enqueued_at, expires_at, ordering_key,"
           " event_id, ?2, ?3, coalesce(?4, note) FROM delivery WHERE id = ?1"),
      find_dead_(connection, "SELECT queue, ordering_key FROM dead WHERE id = ?"),
      revive_(
          connection,
          "INSERT INTO delivery (id, position, queue, state, fence, attempts, due_at, enqueued_at,"
          " expires_at, scope, ordering_key, event_id, owner, note)"
          " SELECT id, ?2, queue, ?3, fence, 0, ?4, enqueued_at, expires_at, ?5, ordering_key,"
          " event_id, x'', note FROM dead WHERE id = ?1"),
      remove_dead_(connection, "DELETE FROM dead WHERE id = ?"),
      body_bytes_(connection, "SELECT length(envelope) + length(payload) FROM body WHERE id = ?") {}

bool Deliveries::lane_is_empty(std::int64_t scope, std::string_view ordering_key) {
  Query query(first_of_lane_);
  return !query.bind(scope).bind(ordering_key).next();
}

std::uint64_t Deliveries::add(const NewDelivery& delivery, EventTime now) {
  const QueueRow queue = queues_.find_or_make(delivery.queue);
  const bool in_order = !delivery.ordering_key.empty();
  const bool blocked = in_order && !lane_is_empty(queue.scope, delivery.ordering_key);
  const std::int64_t id = counters_.next_delivery();
  {
    Query query(add_);
    query.bind(id).bind(queue.id).bind(std::int64_t{blocked ? kBlocked : kWaiting});
    query.bind(std::max(now, delivery.not_before.value_or(now)))
        .bind(now)
        .bind(delivery.expires_at);
    if (in_order) {
      query.bind(queue.scope);
    } else {
      query.bind_null();
    }
    query.bind(delivery.ordering_key).bind(delivery.event_id).run();
  }
  Query(add_body_).bind(id).bind(delivery.envelope).bind(delivery.payload).run();
  if (!blocked) queues_.wake(queue.id);
  return static_cast<std::uint64_t>(id);
}

std::optional<DeliveryRow> Deliveries::find(std::uint64_t id) {
  Query query(find_);
  if (!query.bind(id).next()) return std::nullopt;
  DeliveryRow row;
  row.id = static_cast<std::int64_t>(id);
  row.queue = query.integer(0);
  row.state = static_cast<int>(query.integer(1));
  row.fence = query.count(2);
  row.ordering_key = query.bytes(4);
  if (!row.ordering_key.empty()) row.scope = query.integer(3);
  return row;
}

void Deliveries::remove_row(const DeliveryRow& row) {
  Query(remove_).bind(row.id).run();
  if (row.scope.has_value()) unblock_next(row);
}

void Deliveries::unblock_next(const DeliveryRow& gone) {
  std::int64_t next = 0, queue = 0;
  {
    Query query(first_of_lane_);
    if (!query.bind(*gone.scope).bind(gone.ordering_key).next()) return;
    if (query.integer(1) != kBlocked) return;
    next = query.integer(0);
    queue = query.integer(2);
  }
  Query(unblock_).bind(next).run();
  queues_.wake(queue);
}

void Deliveries::remove(const DeliveryRow& row) {
  remove_row(row);
  Query(remove_body_).bind(row.id).run();
}

void Deliveries::die(const DeliveryRow& row, std::string_view reason,
                     std::optional<std::string_view> note, EventTime now) {
  {
    Query query(die_);
    query.bind(row.id).bind(reason).bind(now);
    if (note.has_value()) {
      query.bind(*note);
    } else {
      query.bind_null();
    }
    query.run();
  }
  remove_row(row);
}

void Deliveries::revive(std::uint64_t id, EventTime now) {
  std::int64_t queue = 0;
  std::string ordering_key;
  {
    Query query(find_dead_);
    if (!query.bind(id).next()) return;
    queue = query.integer(0);
    ordering_key = query.bytes(1);
  }
  const std::int64_t scope = queues_.scope_of(queue);
  const bool in_order = !ordering_key.empty();
  const bool blocked = in_order && !lane_is_empty(scope, ordering_key);
  const std::int64_t position = counters_.next_delivery();
  {
    Query query(revive_);
    query.bind(id).bind(position).bind(std::int64_t{blocked ? kBlocked : kWaiting}).bind(now);
    if (in_order) {
      query.bind(scope);
    } else {
      query.bind_null();
    }
    query.run();
  }
  Query(remove_dead_).bind(id).run();
  if (!blocked) queues_.wake(queue);
}

void Deliveries::remove_dead(std::uint64_t id) {
  Query(remove_dead_).bind(id).run();
  Query(remove_body_).bind(id).run();
}

std::uint64_t Deliveries::body_bytes(std::uint64_t id) {
  Query query(body_bytes_);
  return query.bind(id).next() ? query.count(0) : 0;
}

}  // namespace sublet::adapters::sqlite::events
