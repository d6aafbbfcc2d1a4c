// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/claims.h"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/sqlite/events/schema.h"

namespace sublet::adapters::sqlite::events {
namespace {

using Kind = EventSettlement::Kind;

// What one call claims at most: it is in memory at once.
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

}  // namespace

Claims::Claims(Connection& connection, Queues& queues, Deliveries& deliveries,
               Completions& completions, DeliveryReader& reader)
    : connection_(connection),
      queues_(queues),
      deliveries_(deliveries),
      completions_(completions),
      reader_(reader),
      end_long_(connection, "UPDATE delivery SET due_at = ? WHERE state = 1 AND due_at > ?"),
      due_(connection,
           "SELECT id, fence, attempts, enqueued_at, expires_at, event_id, ordering_key, note"
           " FROM delivery WHERE queue = ? AND state < 2 AND due_at <= ?"
           " ORDER BY due_at, position LIMIT ?"),
      take_(connection,
            "UPDATE delivery SET state = 1, fence = ?, attempts = ?, due_at = ?, owner = ?"
            " WHERE id = ?"),
      extend_(connection,
              "UPDATE delivery SET due_at = ? WHERE id = ? AND state = 1 AND fence = ?"),
      retry_(connection,
             "UPDATE delivery SET state = 0, due_at = ?, owner = x'', note = ? WHERE id = ?"),
      release_(connection,
               "UPDATE delivery SET state = 0, due_at = ?, owner = x'', attempts = attempts - 1"
               " WHERE id = ?") {}

std::vector<EventDelivery> Claims::claim(const EventClaim& request, EventTime now) {
  // The clock went back: such a claim is over.
  Query(end_long_).bind(now).bind(now + EventQueue::kMaxLease).run();
  std::vector<EventDelivery> claimed;
  std::uint64_t bytes = 0;
  for (const EventClaim::From& from : request.from) {
    const std::optional<QueueRow> queue = queues_.find(from.queue);
    if (!queue.has_value()) continue;
    const std::size_t first = claimed.size();
    claim_from(queue->id, from, now, EventQueue::kMaxClaim - first, claimed);
    for (std::size_t i = first; i < claimed.size(); ++i) {
      bytes += deliveries_.body_bytes(claimed[i].id);
      if (i > 0 && bytes > kMostBytes) {
        claimed.resize(i);
        return claimed;
      }
      take(claimed[i], request, now);
    }
  }
  return claimed;
}

void Claims::claim_from(std::int64_t queue, const EventClaim::From& from, EventTime now,
                        std::uint64_t limit, std::vector<EventDelivery>& claimed) {
  Query query(due_);
  query.bind(queue).bind(now).bind(std::min<std::uint64_t>(from.max, limit));
  while (query.next()) {
    EventDelivery& found = claimed.emplace_back();
    found.id = query.count(0);
    found.fence = query.count(1) + 1;
    found.attempts = static_cast<std::uint32_t>(query.integer(2)) + 1;
    found.enqueued_at = query.time(3);
    found.expires_at = query.optional_time(4);
    found.event_id = query.bytes(5);
    found.ordering_key = query.bytes(6);
    found.note = query.bytes(7);
    found.queue = from.queue;
  }
}

void Claims::take(EventDelivery& delivery, const EventClaim& request, EventTime now) {
  delivery.state = EventDelivery::State::kClaimed;
  delivery.due_at = now + request.lease;
  delivery.owner = request.owner;
  Query query(take_);
  query.bind(delivery.fence).bind(std::int64_t{delivery.attempts}).bind(delivery.due_at);
  query.bind(delivery.owner).bind(delivery.id).run();
  reader_.read_body(delivery);
}

bool Claims::extend(const EventLease& lease, EventTime until) {
  Query(extend_).bind(until).bind(lease.id).bind(lease.fence).run();
  return connection_.changed_rows() != 0;
}

void Claims::put_back(const EventSettlement& settlement, EventTime now) {
  const EventTime due_at = now + settlement.delay;
  if (settlement.kind == Kind::kRelease) {
    Query(release_).bind(due_at).bind(settlement.lease.id).run();
  } else {
    Query(retry_).bind(due_at).bind(settlement.note).bind(settlement.lease.id).run();
  }
}

bool Claims::settle(const EventSettlement& settlement, EventTime now) {
  const std::optional<DeliveryRow> row = deliveries_.find(settlement.lease.id);
  const bool held =
      row.has_value() && row->state == kClaimed && row->fence == settlement.lease.fence;
  if (!held) return false;
  switch (settlement.kind) {
    case Kind::kRetry:
    case Kind::kRelease:
      put_back(settlement, now);
      return true;
    case Kind::kDone:
      deliveries_.remove(*row);
      break;
    case Kind::kDead:
      deliveries_.die(*row, settlement.reason, settlement.note, now);
      break;
  }
  completions_.add(queues_.name_of(row->queue).tenant, settlement.completion, now);
  return true;
}

}  // namespace sublet::adapters::sqlite::events
