// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "adapters/event_queue/memory_shelf.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// Deliveries and dead letters in memory, with what claims are found by.
//
// Ownership: the queue owns it.
// Thread safety: none; the queue's lock is held.
class MemoryDeliveries {
 public:
  std::uint64_t enqueue(NewDelivery&& added, EventTime now);
  std::vector<EventDelivery> claim(const EventClaim& request, EventTime now);
  bool holds(const EventLease& lease) const;
  // False: it is not held.
  bool extend(const EventLease& lease, EventTime until);

  // Ends the claim of a delivery that stays.
  void put_back(const EventSettlement& settlement, EventTime now);
  // Makes a dead letter of a delivery that is there.
  void bury(std::uint64_t id, std::string reason, EventTime now);
  void purge(std::uint64_t id, bool dead);
  // Answers its queue.
  EventQueueName replay(std::uint64_t id, EventTime now);

  EventReadyPage ready(const EventQueueName& after, std::uint32_t limit, EventTime now) const;
  const MemoryShelf& shelf(bool dead) const { return dead ? dead_ : live_; }
  std::vector<EventDelivery> find(const EventPeek& request) const;
  // Of the first ones that fit.
  std::vector<std::uint64_t> ids(const EventFilter& filter, bool dead, std::uint64_t limit) const;
  EventCounts count(const EventFilter& filter) const;

 private:
  // When it is due, its position, and its id.
  using Place = std::tuple<EventTime, std::uint64_t, std::uint64_t>;
  struct Queue {
    std::set<Place> waiting;
    std::set<Place> claimed;  // by the ends of their leases
    std::uint64_t size = 0;   // blocked ones too
  };
  // A tenant's extension and an ordering key: positions and ids.
  using OrderName = std::tuple<std::string, std::string, std::string>;
  using Order = std::set<std::pair<std::uint64_t, std::uint64_t>>;

  static OrderName order_name(const EventDelivery& delivery) {
    return {delivery.queue.tenant, delivery.queue.extension, delivery.ordering_key};
  }
  // No claim may last longer than kMaxLease: one that would was made before the clock went back.
  static EventTime end_of_claim(EventTime due_at, EventTime now) {
    return due_at > now + EventQueue::kMaxLease ? now : due_at;
  }
  // The next one that is due, or 0.
  static std::uint64_t next_due(const Queue& queue, EventTime now);
  static EventTime first_due(const Queue& queue, EventTime now);

  void insert(MemoryDelivery added);
  MemoryDelivery remove(std::uint64_t id);
  void index(Queue& queue, const MemoryDelivery& delivery);
  void unindex(Queue& queue, const MemoryDelivery& delivery);
  // Changes where and when a delivery is found.
  void move(MemoryDelivery& delivery, EventDelivery::State state, EventTime due_at);

  MemoryShelf live_;
  MemoryShelf dead_;
  std::map<EventQueueName, Queue> queues_;
  std::map<OrderName, Order> orders_;
  std::uint64_t last_position_ = 0;  // ids are positions too
  std::uint64_t last_fence_ = 0;
};

}  // namespace sublet::adapters
