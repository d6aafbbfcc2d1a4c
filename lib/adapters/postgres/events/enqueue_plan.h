// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::postgres {

// What units find: keys that are still remembered, records, and how many there are. Names that are
// missing are not there.
struct EnqueueFound {
  using Key = std::pair<std::string, std::string>;                   // tenant, key
  using Record = std::tuple<std::string, std::string, std::string>;  // kind, tenant, name
  using Kind = std::pair<std::string, std::string>;                  // kind, tenant

  std::map<Key, std::string> keys;  // the first one's event_id
  std::map<Record, std::uint64_t> records;
  std::map<Kind, std::uint64_t> counts;
};

// What is to be done for them: each unit by itself, as if those before had been done.
struct EnqueuePlan {
  std::vector<EventEnqueued> answers;            // without ids
  std::vector<const NewDelivery*> deliveries;    // of the units that are enqueued, in their order
  std::vector<const EventEnqueue*> keys;         // whose keys are to be remembered
  std::vector<const EventRecordWrite*> records;  // the last write of each
};

EnqueuePlan plan_enqueue(const std::vector<EventEnqueue>& units, EnqueueFound found);

}  // namespace sublet::adapters::postgres
