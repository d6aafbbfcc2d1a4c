// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/event_queue/memory_completions.h"
#include "adapters/event_queue/memory_deliveries.h"
#include "adapters/event_queue/memory_keys.h"
#include "adapters/event_queue/memory_records.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// All that an event queue in memory holds. Requests have been checked.
//
// Ownership: the queue owns it.
// Thread safety: none; the queue's lock is held.
struct MemoryState {
  using Queues = std::vector<EventQueueName>;

  // These add to `changed` the queues into which something was put.
  EventEnqueued enqueue(EventEnqueue& unit, EventTime now, Queues& changed);
  // False: the lease is not held.
  bool settle(EventSettlement& settlement, EventTime now, Queues& changed);
  std::uint64_t replay(const EventFilter& filter, std::uint32_t limit, EventTime now,
                       Queues& changed);

  // Those of `found` that nobody has claimed since; `contents` has one place for each.
  std::uint64_t bury(const std::vector<EventDelivery>& found, const std::string& reason,
                     std::vector<std::string>& contents, EventTime now);
  std::uint64_t purge(const EventFilter& filter, bool dead, std::uint64_t limit);
  std::uint64_t erase(const std::string& tenant, std::uint32_t limit);
  EventEnqueued write_records(std::vector<EventRecordWrite>& writes, EventTime now);

  MemoryDeliveries deliveries;
  MemoryCompletions completions;
  MemoryRecords records;
  MemoryKeys keys;

 private:
  std::vector<std::uint64_t> add(std::vector<NewDelivery>& added, EventTime now, Queues& changed);
};

}  // namespace sublet::adapters
