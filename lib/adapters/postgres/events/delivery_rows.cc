// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/delivery_rows.h"

#include <span>

namespace sublet::adapters::postgres {
namespace {

// Of one statement.
constexpr std::size_t kMostBytes = 8u << 20;
constexpr std::size_t kMostRows = 4096;

void send_insert(Sender& sender, std::span<const NewDelivery* const> deliveries,
                 std::int64_t time) {
  const std::size_t count = deliveries.size();
  ByteArray tenants(count), extensions(count), events(count), event_ids(count), payloads(count);
  ByteArray envelopes(count), keys(count);
  NumberArray lanes(count), behind(count), not_before(count), expires_at(count);
  std::set<std::int64_t> seen;
  for (const NewDelivery* delivery : deliveries) {
    tenants.add(delivery->queue.tenant);
    extensions.add(delivery->queue.extension);
    events.add(delivery->queue.event);
    event_ids.add(delivery->event_id);
    payloads.add(delivery->payload);
    envelopes.add(delivery->envelope);
    keys.add(delivery->ordering_key);
    const std::int64_t lane = lane_of(*delivery);
    lanes.add(lane);
    behind.add(lane != 0 && !seen.insert(lane).second ? 1 : 0);
    not_before.add(number_of(delivery->not_before));
    expires_at.add(number_of(delivery->expires_at));
  }
  Parameters parameters;
  parameters.array(std::move(tenants)).array(std::move(extensions)).array(std::move(events));
  parameters.array(std::move(event_ids)).array(std::move(payloads)).array(std::move(envelopes));
  parameters.array(std::move(keys)).array(std::move(lanes)).array(std::move(behind));
  parameters.array(std::move(not_before)).array(std::move(expires_at)).number(time);
  sender.statement(EventStatement::kInsert, parameters);
}

}  // namespace

EventDelivery delivery_of(const Rows& rows, std::size_t row) {
  EventDelivery delivery;
  delivery.id = static_cast<std::uint64_t>(rows.number(row, 0));
  delivery.fence = static_cast<std::uint64_t>(rows.number(row, 1));
  delivery.state = static_cast<EventDelivery::State>(rows.number(row, 2));
  delivery.queue = queue_of(rows, row, 3);
  delivery.event_id = rows.bytes(row, 6);
  delivery.payload = rows.bytes(row, 7);
  delivery.envelope = rows.bytes(row, 8);
  delivery.ordering_key = rows.bytes(row, 9);
  delivery.attempts = static_cast<std::uint32_t>(rows.number(row, 10));
  delivery.enqueued_at = event_time(rows.number(row, 11));
  delivery.due_at = event_time(rows.number(row, 12));
  if (!rows.is_null(row, 13)) delivery.expires_at = event_time(rows.number(row, 13));
  delivery.owner = rows.bytes(row, 14);
  delivery.note = rows.bytes(row, 15);
  delivery.reason = rows.bytes(row, 16);
  delivery.died_at = event_time(rows.number(row, 17));
  return delivery;
}

EventQueueName queue_of(const Rows& rows, std::size_t row, int column) {
  return {std::string(rows.bytes(row, column)), std::string(rows.bytes(row, column + 1)),
          std::string(rows.bytes(row, column + 2))};
}

std::size_t send_inserts(Sender& sender, const std::vector<const NewDelivery*>& deliveries,
                         std::int64_t time) {
  const std::span<const NewDelivery* const> all = deliveries;
  std::size_t statements = 0;
  for (std::size_t first = 0; first < all.size(); ++statements) {
    std::size_t bytes = 0, end = first;
    do {
      bytes += all[end]->payload.size() + all[end]->envelope.size();
    } while (++end < all.size() && end - first < kMostRows && bytes < kMostBytes);
    send_insert(sender, all.subspan(first, end - first), time);
    first = end;
  }
  return statements;
}

}  // namespace sublet::adapters::postgres
