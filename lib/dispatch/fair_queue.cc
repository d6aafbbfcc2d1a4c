// SPDX-License-Identifier: Apache-2.0
#include "dispatch/fair_queue.h"

#include <algorithm>
#include <utility>

namespace sublet::dispatch {

using runtime::Tenant;

void FairQueue::push(Tenant& tenant, bool woken) {
  if (woken) share_.wake(tenant.share);
  tenant.in_fair_queue = true;
  Heap& heap = policy::FairShare::is_long(tenant.share) ? long_ : short_;
  heap.push_back({tenant.share.virtual_time, ++order_, tenant.shared_from_this()});
  std::push_heap(heap.begin(), heap.end());
}

std::shared_ptr<Tenant> FairQueue::pop(std::uint32_t workers, base::TimePoint now) {
  const base::Nanoseconds time = now.time_since_epoch();
  const bool long_may = !long_.empty() && share_.may_serve_long(busy_with_long_, workers, time);
  if (short_.empty() && !long_may) return nullptr;
  const bool take_long = short_.empty() || (long_may && short_.front() < long_.front());
  std::shared_ptr<Tenant> tenant = take(take_long ? long_ : short_);
  tenant->in_fair_queue = false;
  tenant->served_as_long = take_long;
  if (take_long) ++busy_with_long_;
  share_.served(tenant->share, time);
  return tenant;
}

void FairQueue::done(Tenant& tenant, base::Nanoseconds cpu, base::Nanoseconds longest_turn) {
  count_out(tenant);
  share_.charge(tenant.share, cpu, longest_turn);
}

void FairQueue::charge(Tenant& tenant, base::Nanoseconds cpu) {
  share_.charge(tenant.share, cpu, base::Nanoseconds(0));
}

void FairQueue::clear() {
  for (Heap* heap : {&short_, &long_}) {
    for (const Entry& entry : *heap) entry.tenant->in_fair_queue = false;
    heap->clear();
  }
}

std::shared_ptr<Tenant> FairQueue::take(Heap& heap) {
  std::pop_heap(heap.begin(), heap.end());
  std::shared_ptr<Tenant> tenant = std::move(heap.back().tenant);
  heap.pop_back();
  return tenant;
}

void FairQueue::count_out(Tenant& tenant) {
  if (std::exchange(tenant.served_as_long, false)) --busy_with_long_;
}

}  // namespace sublet::dispatch
