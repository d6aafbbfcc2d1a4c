// SPDX-License-Identifier: Apache-2.0
#include "events/pump/table.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sublet::events {
namespace {

using Place = PumpQueue::Place;

// How far behind the others' use a tenant may be that did nothing for a while.
constexpr base::Nanoseconds kCredit = std::chrono::milliseconds(200);
// A queue may be empty and soon not be: one made free by an ordering key is looked for here first.
constexpr base::Nanoseconds kKept = std::chrono::seconds(60);

}  // namespace

PumpTenant& PumpTable::tenant(const std::string& name) {
  std::unique_ptr<PumpTenant>& tenant = tenants_[name];
  if (tenant == nullptr) {
    tenant = std::make_unique<PumpTenant>();
    tenant->name = name;
    tenant->serial = ++last_serial_;
  }
  return *tenant;
}

PumpQueue& PumpTable::queue(const EventQueueName& name) {
  PumpTenant& tenant = this->tenant(name.tenant);
  std::unique_ptr<PumpQueue>& queue = tenant.queues[name];
  if (queue != nullptr) return *queue;
  queue = std::make_unique<PumpQueue>();
  queue->name = name;
  queue->tenant = &tenant;
  queue->serial = ++last_serial_;
  std::unique_ptr<PumpExtension>& extension = tenant.extensions[name.extension];
  if (extension == nullptr) {
    extension = std::make_unique<PumpExtension>();
    extension->name = name.extension;
  }
  queue->extension = extension.get();
  return *queue;
}

PumpQueue* PumpTable::find(const EventQueueName& name) {
  const auto tenant = tenants_.find(name.tenant);
  if (tenant == tenants_.end()) return nullptr;
  const auto found = tenant->second->queues.find(name);
  return found == tenant->second->queues.end() ? nullptr : found->second.get();
}

PumpTable::Waiting PumpTable::waiting_key(PumpQueue& queue) {
  return {std::max(queue.due, queue.hold), queue.serial, &queue};
}

PumpTable::Ready PumpTable::ready_key(PumpTenant& tenant) {
  return {tenant.share.virtual_time, tenant.serial, &tenant};
}

void PumpTable::place(PumpQueue& queue) {
  if (queue.due == base::TimePoint::max()) {
    queue.place = Place::kIdle;
    return;
  }
  queue.place = Place::kWaiting;
  waiting_.insert(waiting_key(queue));
}

void PumpTable::unplace(PumpQueue& queue) {
  if (queue.place == Place::kWaiting) waiting_.erase(waiting_key(queue));
}

void PumpTable::set_due(PumpQueue& queue, base::TimePoint at) {
  if (queue.place == Place::kClaiming) queue.kicked = true;
  if (queue.place == Place::kClaiming || queue.place == Place::kDue || at >= queue.due) return;
  unplace(queue);
  queue.due = at;
  place(queue);
}

void PumpTable::hold(PumpQueue& queue, base::TimePoint until) {
  queue.hold = until;
  place(queue);
}

void PumpTable::set_idle(PumpQueue& queue) {
  queue.due = base::TimePoint::max();
  queue.place = Place::kIdle;
}

void PumpTable::end_claim(PumpQueue& queue, base::TimePoint next) {
  queue.due = next;
  queue.kicked = false;
  place(queue);
}

void PumpTable::drop_holds() {
  for (const auto& tenant : tenants_) {
    for (const auto& extension : tenant.second->extensions) {
      drop_holds(*tenant.second, *extension.second);
    }
  }
}

void PumpTable::drop_holds(PumpTenant& tenant, const PumpExtension& extension) {
  for (const auto& entry : tenant.queues) {
    PumpQueue& queue = *entry.second;
    if (queue.extension != &extension) continue;
    const bool waits = queue.place == Place::kWaiting;
    if (waits) unplace(queue);
    queue.hold = {};
    if (waits) place(queue);
  }
}

void PumpTable::wake(PumpTenant& tenant, const std::string& extension, base::TimePoint at) {
  for (const auto& entry : tenant.queues) {
    if (entry.first.extension == extension) set_due(*entry.second, at);
  }
}

void PumpTable::advance(base::TimePoint now) {
  while (!waiting_.empty() && std::get<0>(*waiting_.begin()) <= now) {
    PumpQueue& queue = *std::get<2>(*waiting_.begin());
    waiting_.erase(waiting_.begin());
    to_due(queue);
  }
}

void PumpTable::to_due(PumpQueue& queue) {
  PumpTenant& tenant = *queue.tenant;
  if (tenant.due.empty() && tenant.slots == 0) share_.wake(tenant.share, kCredit);
  push_queue(queue);
  if (!tenant.parked) push(tenant);
}

base::TimePoint PumpTable::next_at() const {
  return waiting_.empty() ? base::TimePoint::max() : std::get<0>(*waiting_.begin());
}

PumpTenant* PumpTable::pop_tenant(base::TimePoint now) {
  if (ready_.empty()) return nullptr;
  PumpTenant& tenant = *std::get<2>(*ready_.begin());
  ready_.erase(ready_.begin());
  tenant.ready = false;
  share_.served(tenant.share, now.time_since_epoch());
  return &tenant;
}

void PumpTable::park(PumpTenant& tenant) {
  tenant.parked = true;
  parked_.insert(&tenant);
}

void PumpTable::push(PumpTenant& tenant) {
  if (tenant.ready || tenant.due.empty()) return;
  tenant.ready = true;
  ready_.insert(ready_key(tenant));
}

PumpQueue* PumpTable::pop_queue(PumpTenant& tenant) {
  if (tenant.due.empty()) return nullptr;
  PumpQueue* const queue = tenant.due.front();
  tenant.due.pop_front();
  return queue;
}

void PumpTable::push_queue(PumpQueue& queue) {
  queue.place = Place::kDue;
  queue.tenant->due.push_back(&queue);
}

void PumpTable::take_slots(PumpTenant& tenant, std::uint32_t count) {
  tenant.slots += count;
  slots_ += count;
}

void PumpTable::give_slots(PumpTenant& tenant, std::uint32_t count) {
  tenant.slots -= count;
  slots_ -= count;
  if (count == 0) return;
  // Others may have been without room because of this tenant; they are few, since whoever is parked
  // has something under way, or nobody has room.
  for (PumpTenant* const parked : std::exchange(parked_, {})) {
    parked->parked = false;
    push(*parked);
  }
}

void PumpTable::charge(PumpTenant& tenant, base::Nanoseconds cpu) {
  if (tenant.ready) ready_.erase(ready_key(tenant));
  share_.charge(tenant.share, cpu, base::Nanoseconds(0));
  if (tenant.ready) ready_.insert(ready_key(tenant));
}

void PumpTable::sweep(std::uint64_t round, base::TimePoint now) {
  const auto forgotten = [&](const auto& entry) {
    PumpQueue& queue = *entry.second;
    const bool at_rest = queue.place == Place::kIdle || queue.place == Place::kWaiting;
    if (!at_rest || queue.uses > 0 || queue.seen == round || now - queue.used < kKept) return false;
    unplace(queue);
    return true;
  };
  std::erase_if(tenants_, [&](const auto& entry) {
    PumpTenant& tenant = *entry.second;
    std::erase_if(tenant.queues, forgotten);
    const auto suspended = [&](const auto& extension) {
      const policy::CircuitBreaker& breaker = extension.second->breaker;
      return !breaker.idle() &&
             (breaker.state() != BreakerState::kOpen || breaker.open_until() > now);
    };
    return tenant.queues.empty() && tenant.slots == 0 && !tenant.parked &&
           std::none_of(tenant.extensions.begin(), tenant.extensions.end(), suspended);
  });
}

}  // namespace sublet::events
