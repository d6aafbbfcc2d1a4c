// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "policy/fair_share.h"
#include "runtime/tenant.h"

namespace sublet::dispatch {

// The tenants that have turns waiting, by virtual time. Guarded by the dispatcher's lock.
class FairQueue {
 public:
  bool empty() const noexcept { return short_.empty() && long_.empty(); }

  // The tenant is neither leased nor in here. `woken`: it had nothing to do for a while.
  void push(runtime::Tenant& tenant, bool woken);
  // Who is served next, with the reference that the queue held; null where nobody may be served
  // now. Counts the worker as busy with a long tenant until done().
  std::shared_ptr<runtime::Tenant> pop(std::uint32_t workers, base::TimePoint now);
  // The lease that pop() gave is over.
  void done(runtime::Tenant& tenant, base::Nanoseconds cpu, base::Nanoseconds longest_turn);
  void charge(runtime::Tenant& tenant, base::Nanoseconds cpu);
  // The lease that pop() gave went with its thread.
  void lost(runtime::Tenant& tenant) { count_out(tenant); }
  // True while a tenant waits that pop() holds back because of the reserved worker.
  bool holds_back() const noexcept { return !long_.empty(); }
  void clear();

 private:
  struct Entry {
    std::uint64_t virtual_time;
    std::uint64_t order;
    std::shared_ptr<runtime::Tenant> tenant;
    // The heap functions keep the largest in front.
    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.virtual_time != b.virtual_time) return a.virtual_time > b.virtual_time;
      return a.order > b.order;
    }
  };
  using Heap = std::vector<Entry>;

  static std::shared_ptr<runtime::Tenant> take(Heap& heap);
  void count_out(runtime::Tenant& tenant);

  policy::FairShare share_;
  Heap short_;
  Heap long_;
  std::uint64_t order_ = 0;
  std::uint32_t busy_with_long_ = 0;
};

}  // namespace sublet::dispatch
