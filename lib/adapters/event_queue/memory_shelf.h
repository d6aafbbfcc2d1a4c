// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// A delivery in memory. `position` is its place in the order of enqueueing: its id, until it is
// replayed.
struct MemoryDelivery {
  EventDelivery delivery = {};
  std::uint64_t position = 0;
};

// Deliveries by id and by tenant: those that are not settled, or the dead letters.
//
// Ownership: MemoryDeliveries owns two.
// Thread safety: none; the queue's lock is held.
class MemoryShelf {
 public:
  MemoryDelivery& add(MemoryDelivery added);
  MemoryDelivery take(std::uint64_t id);
  // Null where there is none.
  MemoryDelivery* find(std::uint64_t id);
  const EventDelivery* find(std::uint64_t id) const;

  // Calls visit(delivery) for those that fit, by id, until it answers false. `after`: an id.
  template <typename Visit>
  void visit(const EventFilter& filter, std::uint64_t after, Visit&& visit) const {
    const auto visit_id = [&](std::uint64_t id) {
      const EventDelivery* found = id > after ? find(id) : nullptr;
      return found == nullptr || !fits(filter, *found) || visit(*found);
    };
    if (!filter.ids.empty()) {
      for (const std::uint64_t id : std::set(filter.ids.begin(), filter.ids.end())) {
        if (!visit_id(id)) return;
      }
    } else if (filter.tenant.empty()) {
      for (auto at = by_id_.upper_bound(after); at != by_id_.end(); ++at) {
        if (fits(filter, at->second.delivery) && !visit(at->second.delivery)) return;
      }
    } else if (const auto tenant = by_tenant_.find(filter.tenant); tenant != by_tenant_.end()) {
      for (auto at = tenant->second.upper_bound(after); at != tenant->second.end(); ++at) {
        if (!visit_id(*at)) return;
      }
    }
  }

 private:
  static bool fits(const EventFilter& filter, const EventDelivery& delivery);

  std::map<std::uint64_t, MemoryDelivery> by_id_;
  std::map<std::string, std::set<std::uint64_t>> by_tenant_;
};

}  // namespace sublet::adapters
