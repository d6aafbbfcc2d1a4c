// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_state.h"

#include <utility>

namespace sublet::adapters {

using Kind = EventSettlement::Kind;
using Status = EventEnqueued::Status;

EventEnqueued MemoryState::enqueue(EventEnqueue& unit, EventTime now, Queues& changed) {
  const bool has_key = !unit.idempotency_key.empty();
  std::string tenant = has_key ? unit.deliveries.front().queue.tenant : std::string();
  if (has_key) {
    if (const std::string* first = keys.find(tenant, unit.idempotency_key, now)) {
      EventEnqueued duplicate;
      duplicate.status = Status::kDuplicate;
      duplicate.event_id = *first;
      return duplicate;
    }
  }
  EventEnqueued answer = records.check(unit.records, now);
  if (answer.status != Status::kEnqueued) return answer;
  records.apply(unit.records, now);
  if (unit.deliveries.empty()) return answer;
  answer.event_id = unit.deliveries.front().event_id;
  answer.ids = add(unit.deliveries, now, changed);
  if (has_key) {
    keys.add(std::move(tenant), std::move(unit.idempotency_key), answer.event_id,
             now + unit.idempotency_window);
  }
  return answer;
}

std::vector<std::uint64_t> MemoryState::add(std::vector<NewDelivery>& added, EventTime now,
                                            Queues& changed) {
  std::vector<std::uint64_t> ids;
  for (NewDelivery& delivery : added) {
    changed.push_back(delivery.queue);
    ids.push_back(deliveries.enqueue(std::move(delivery), now));
  }
  return ids;
}

bool MemoryState::settle(EventSettlement& settlement, EventTime now, Queues& changed) {
  if (!deliveries.holds(settlement.lease)) return false;
  const std::uint64_t id = settlement.lease.id;
  std::string tenant = deliveries.shelf(false).find(id)->queue.tenant;
  if (settlement.kind == Kind::kDone) {
    deliveries.purge(id, false);
  } else {
    deliveries.put_back(settlement, now);
  }
  if (settlement.kind == Kind::kDead) deliveries.bury(id, settlement.reason, now);
  const bool ends = settlement.kind == Kind::kDone || settlement.kind == Kind::kDead;
  if (ends && !settlement.completion.empty()) {
    completions.add(std::move(tenant), std::move(settlement.completion), now);
  }
  add(settlement.deliveries, now, changed);
  return true;
}

std::uint64_t MemoryState::replay(const EventFilter& filter, std::uint32_t limit, EventTime now,
                                  Queues& changed) {
  const std::vector<std::uint64_t> ids = deliveries.ids(filter, true, limit);
  for (const std::uint64_t id : ids) changed.push_back(deliveries.replay(id, now));
  return ids.size();
}

std::uint64_t MemoryState::bury(const std::vector<EventDelivery>& found, const std::string& reason,
                                std::vector<std::string>& contents, EventTime now) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const EventDelivery* present = deliveries.shelf(false).find(found[i].id);
    if (present == nullptr || present->fence != found[i].fence) continue;
    deliveries.bury(found[i].id, reason, now);
    if (!contents[i].empty()) {
      completions.add(found[i].queue.tenant, std::move(contents[i]), now);
    }
    ++count;
  }
  return count;
}

std::uint64_t MemoryState::purge(const EventFilter& filter, bool dead, std::uint64_t limit) {
  const std::vector<std::uint64_t> ids = deliveries.ids(filter, dead, limit);
  for (const std::uint64_t id : ids) deliveries.purge(id, dead);
  return ids.size();
}

std::uint64_t MemoryState::erase(const std::string& tenant, std::uint32_t limit) {
  EventFilter filter;
  filter.tenant = tenant;
  std::uint64_t count = purge(filter, false, limit);
  count += purge(filter, true, limit - count);
  count += completions.erase(tenant, limit - count);
  count += records.erase(tenant, limit - count);
  return count + keys.erase(tenant, limit - count);
}

EventEnqueued MemoryState::write_records(std::vector<EventRecordWrite>& writes, EventTime now) {
  EventEnqueued answer = records.check(writes, now);
  if (answer.status == Status::kEnqueued) answer.ids = records.apply(writes, now);
  return answer;
}

}  // namespace sublet::adapters
