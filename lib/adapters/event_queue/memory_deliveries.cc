// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_deliveries.h"

#include <algorithm>
#include <utility>

#include "adapters/event_queue/places.h"

namespace sublet::adapters {
namespace {

using State = EventDelivery::State;

}  // namespace

std::uint64_t MemoryDeliveries::enqueue(NewDelivery&& added, EventTime now) {
  const std::uint64_t id = ++last_position_;
  MemoryDelivery made;
  made.position = id;
  EventDelivery& delivery = made.delivery;
  delivery.id = id;
  delivery.queue = std::move(added.queue);
  delivery.event_id = std::move(added.event_id);
  delivery.payload = std::move(added.payload);
  delivery.envelope = std::move(added.envelope);
  delivery.ordering_key = std::move(added.ordering_key);
  delivery.enqueued_at = now;
  delivery.due_at = std::max(now, added.not_before.value_or(now));
  delivery.expires_at = added.expires_at;
  insert(std::move(made));
  return id;
}

std::vector<EventDelivery> MemoryDeliveries::claim(const EventClaim& request, EventTime now) {
  std::vector<EventDelivery> claimed;
  for (const EventClaim::From& from : request.from) {
    const auto queue = queues_.find(from.queue);
    if (queue == queues_.end()) continue;
    for (std::uint32_t i = 0; i < from.max && claimed.size() < EventQueue::kMaxClaim; ++i) {
      const std::uint64_t id = next_due(queue->second, now);
      if (id == 0) break;
      MemoryDelivery& found = *live_.find(id);
      move(found, State::kClaimed, now + request.lease);
      found.delivery.owner = request.owner;
      found.delivery.fence = ++last_fence_;
      ++found.delivery.attempts;
      claimed.push_back(found.delivery);
    }
  }
  return claimed;
}

std::uint64_t MemoryDeliveries::next_due(const Queue& queue, EventTime now) {
  if (!queue.claimed.empty() && end_of_claim(std::get<0>(*queue.claimed.rbegin()), now) !=
                                    std::get<0>(*queue.claimed.rbegin())) {
    return std::get<2>(*queue.claimed.rbegin());
  }
  const Place* next = nullptr;
  for (const std::set<Place>* places : {&queue.waiting, &queue.claimed}) {
    if (places->empty() || std::get<0>(*places->begin()) > now) continue;
    if (next == nullptr || *places->begin() < *next) next = &*places->begin();
  }
  return next == nullptr ? 0 : std::get<2>(*next);
}

bool MemoryDeliveries::holds(const EventLease& lease) const {
  const EventDelivery* found = live_.find(lease.id);
  return found != nullptr && found->state == State::kClaimed && found->fence == lease.fence;
}

bool MemoryDeliveries::extend(const EventLease& lease, EventTime until) {
  if (!holds(lease)) return false;
  move(*live_.find(lease.id), State::kClaimed, until);
  return true;
}

void MemoryDeliveries::put_back(const EventSettlement& settlement, EventTime now) {
  MemoryDelivery& found = *live_.find(settlement.lease.id);
  move(found, State::kWaiting, now + settlement.delay);
  found.delivery.owner.clear();
  if (settlement.kind == EventSettlement::Kind::kRelease) {
    --found.delivery.attempts;
  } else {
    found.delivery.note = settlement.note;
  }
}

void MemoryDeliveries::bury(std::uint64_t id, std::string reason, EventTime now) {
  MemoryDelivery buried = remove(id);
  buried.delivery.state = State::kDead;
  buried.delivery.owner.clear();
  buried.delivery.reason = std::move(reason);
  buried.delivery.died_at = now;
  dead_.add(std::move(buried));
}

void MemoryDeliveries::purge(std::uint64_t id, bool dead) {
  if (dead) {
    dead_.take(id);
  } else {
    remove(id);
  }
}

EventQueueName MemoryDeliveries::replay(std::uint64_t id, EventTime now) {
  MemoryDelivery raised = dead_.take(id);
  raised.position = ++last_position_;
  raised.delivery.state = State::kWaiting;
  raised.delivery.attempts = 0;
  raised.delivery.due_at = now;
  raised.delivery.reason.clear();
  raised.delivery.died_at = {};
  EventQueueName queue = raised.delivery.queue;
  insert(std::move(raised));
  return queue;
}

EventTime MemoryDeliveries::first_due(const Queue& queue, EventTime now) {
  EventTime first = EventTime::max();
  if (!queue.waiting.empty()) first = std::get<0>(*queue.waiting.begin());
  if (!queue.claimed.empty()) {
    first = std::min({first, std::get<0>(*queue.claimed.begin()),
                      end_of_claim(std::get<0>(*queue.claimed.rbegin()), now)});
  }
  return first;
}

EventReadyPage MemoryDeliveries::ready(const EventQueueName& after, std::uint32_t limit,
                                       EventTime now) const {
  EventReadyPage page;
  page.now = now;
  for (auto at = queues_.upper_bound(after); at != queues_.end(); ++at) {
    if (at->second.waiting.empty() && at->second.claimed.empty()) continue;
    if (page.queues.size() == limit) {
      page.next = place_of(page.queues.back().queue);
      break;
    }
    page.queues.push_back({at->first, first_due(at->second, now)});
  }
  return page;
}

std::vector<EventDelivery> MemoryDeliveries::find(const EventPeek& request) const {
  std::vector<EventDelivery> found;
  shelf(request.dead).visit(request.filter, request.after, [&](const EventDelivery& delivery) {
    EventDelivery& copy = found.emplace_back(delivery);
    if (!request.payloads) {
      copy.payload.clear();
      copy.envelope.clear();
    }
    return found.size() < request.limit;
  });
  return found;
}

std::vector<std::uint64_t> MemoryDeliveries::ids(const EventFilter& filter, bool dead,
                                                 std::uint64_t limit) const {
  std::vector<std::uint64_t> ids;
  shelf(dead).visit(filter, 0, [&](const EventDelivery& delivery) {
    if (ids.size() == limit) return false;
    ids.push_back(delivery.id);
    return true;
  });
  return ids;
}

EventCounts MemoryDeliveries::count(const EventFilter& filter) const {
  EventCounts counts;
  for (const MemoryShelf* shelf : {&live_, &dead_}) {
    shelf->visit(filter, 0, [&](const EventDelivery& delivery) {
      switch (delivery.state) {
        case State::kWaiting:
          ++counts.waiting;
          break;
        case State::kClaimed:
          ++counts.claimed;
          break;
        case State::kBlocked:
          ++counts.blocked;
          break;
        case State::kDead:
          ++counts.dead;
          break;
      }
      return true;
    });
  }
  return counts;
}

void MemoryDeliveries::insert(MemoryDelivery added) {
  added.delivery.state = State::kWaiting;
  if (!added.delivery.ordering_key.empty()) {
    Order& order = orders_[order_name(added.delivery)];
    if (!order.empty()) added.delivery.state = State::kBlocked;
    order.emplace(added.position, added.delivery.id);
  }
  const MemoryDelivery& kept = live_.add(std::move(added));
  Queue& queue = queues_[kept.delivery.queue];
  ++queue.size;
  index(queue, kept);
}

MemoryDelivery MemoryDeliveries::remove(std::uint64_t id) {
  MemoryDelivery removed = live_.take(id);
  const auto queue = queues_.find(removed.delivery.queue);
  unindex(queue->second, removed);
  if (--queue->second.size == 0) queues_.erase(queue);
  if (removed.delivery.ordering_key.empty()) return removed;
  const auto order = orders_.find(order_name(removed.delivery));
  order->second.erase({removed.position, id});
  if (order->second.empty()) {
    orders_.erase(order);
    return removed;
  }
  MemoryDelivery& next = *live_.find(order->second.begin()->second);
  if (next.delivery.state == State::kBlocked) move(next, State::kWaiting, next.delivery.due_at);
  return removed;
}

void MemoryDeliveries::move(MemoryDelivery& delivery, State state, EventTime due_at) {
  Queue& queue = queues_.find(delivery.delivery.queue)->second;
  unindex(queue, delivery);
  delivery.delivery.state = state;
  delivery.delivery.due_at = due_at;
  index(queue, delivery);
}

void MemoryDeliveries::index(Queue& queue, const MemoryDelivery& delivery) {
  const EventDelivery& found = delivery.delivery;
  if (found.state == State::kBlocked) return;
  (found.state == State::kClaimed ? queue.claimed : queue.waiting)
      .emplace(found.due_at, delivery.position, found.id);
}

void MemoryDeliveries::unindex(Queue& queue, const MemoryDelivery& delivery) {
  const EventDelivery& found = delivery.delivery;
  (found.state == State::kClaimed ? queue.claimed : queue.waiting)
      .erase({found.due_at, delivery.position, found.id});
}

}  // namespace sublet::adapters
