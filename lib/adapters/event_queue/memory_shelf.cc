// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_shelf.h"

namespace sublet::adapters {

MemoryDelivery& MemoryShelf::add(MemoryDelivery added) {
  const std::uint64_t id = added.delivery.id;
  by_tenant_[added.delivery.queue.tenant].insert(id);
  return by_id_.insert_or_assign(id, std::move(added)).first->second;
}

MemoryDelivery MemoryShelf::take(std::uint64_t id) {
  auto node = by_id_.extract(id);
  MemoryDelivery taken = std::move(node.mapped());
  const auto tenant = by_tenant_.find(taken.delivery.queue.tenant);
  tenant->second.erase(id);
  if (tenant->second.empty()) by_tenant_.erase(tenant);
  return taken;
}

MemoryDelivery* MemoryShelf::find(std::uint64_t id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

const EventDelivery* MemoryShelf::find(std::uint64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second.delivery;
}

bool MemoryShelf::fits(const EventFilter& filter, const EventDelivery& delivery) {
  const bool dead = delivery.state == EventDelivery::State::kDead;
  const EventTime at = dead ? delivery.died_at : delivery.enqueued_at;
  const auto is = [](const auto& wanted, const std::string& found) {
    return !wanted.has_value() || *wanted == found;
  };
  return (filter.tenant.empty() || filter.tenant == delivery.queue.tenant) &&
         is(filter.extension, delivery.queue.extension) && is(filter.event, delivery.queue.event) &&
         (filter.event_id.empty() || filter.event_id == delivery.event_id) &&
         (filter.reason.empty() || (dead && filter.reason == delivery.reason)) &&
         (!filter.from.has_value() || at >= *filter.from) &&
         (!filter.before.has_value() || at < *filter.before);
}

}  // namespace sublet::adapters
