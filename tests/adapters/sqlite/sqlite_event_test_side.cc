// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/sqlite_event_test_side.h"

#include <doctest/doctest.h>

namespace sublet {

std::shared_ptr<SqliteEventQueue> open_queue(const SqliteEventQueueOptions& options) {
  auto opened = SqliteEventQueue::open(options);
  if (!opened.has_value()) FAIL("the queue does not open: " << opened.error().message);
  return *std::move(opened);
}

EventQueueName queue_of(const std::string& tenant) { return {tenant, "x", "e"}; }

NewDelivery delivery_of(const std::string& tenant, const std::string& payload,
                        const std::string& ordering_key) {
  NewDelivery delivery;
  delivery.queue = queue_of(tenant);
  delivery.event_id = "event";
  delivery.payload = payload;
  delivery.ordering_key = ordering_key;
  return delivery;
}

EventEnqueue unit_of(const std::string& tenant, const std::string& payload) {
  EventEnqueue unit;
  unit.deliveries.push_back(delivery_of(tenant, payload));
  return unit;
}

Result<std::vector<EventEnqueued>> enqueue(EventQueue& queue, std::vector<EventEnqueue> units) {
  Answer<std::vector<EventEnqueued>> answer;
  queue.enqueue(std::move(units), answer.callback());
  return answer.get();
}

Result<std::vector<EventDelivery>> claim(EventQueue& queue, const std::string& tenant,
                                         std::uint32_t max) {
  EventClaim request;
  request.from.push_back({queue_of(tenant), max});
  Answer<std::vector<EventDelivery>> answer;
  queue.claim(std::move(request), answer.callback());
  return answer.get();
}

Result<std::vector<bool>> settle(EventQueue& queue, const std::vector<EventDelivery>& deliveries,
                                 EventSettlement::Kind kind) {
  std::vector<EventSettlement> settlements;
  for (const EventDelivery& delivery : deliveries) {
    EventSettlement& settlement = settlements.emplace_back();
    settlement.lease = {delivery.id, delivery.fence};
    settlement.kind = kind;
    if (kind == EventSettlement::Kind::kDead) settlement.reason = "reason";
  }
  Answer<std::vector<bool>> answer;
  queue.settle(std::move(settlements), answer.callback());
  return answer.get();
}

EventCounts counts(EventQueue& queue, const std::string& tenant) {
  EventFilter filter;
  filter.tenant = tenant;
  Answer<EventCounts> answer;
  queue.count(filter, answer.callback());
  const auto found = answer.get();
  REQUIRE(found.has_value());
  return *found;
}

}  // namespace sublet
