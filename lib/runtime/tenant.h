// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "policy/fair_share.h"
#include "runtime/active_extension.h"
#include "runtime/invocation.h"
#include "runtime/tenant_isolate.h"
#include "sublet/tenant.h"

namespace sublet::runtime {

// A wish to have an extension's context ready (an install), and who is told.
struct LoadRequest {
  std::shared_ptr<const ActiveExtension> extension;
  std::function<void(engine::LoadReport)> done;
};

// What waits for a tenant's next lease besides turns. Rare: made when first needed.
struct TenantErrands {
  std::deque<LoadRequest> loads;
  // Settled from outside while they awaited; their activations are to be dropped.
  std::vector<std::shared_ptr<Invocation>> drops;
};

// Rare, so beside the tenant.
struct Quarantine {
  std::string reason;
};

// One tenant: what waits, what is in flight, its share and its isolate. Small while idle.
//
// Everything but `name` is guarded by the dispatcher's lock. One worker at a time holds the lease
// (`leased`), and with it the isolate.
class Tenant : public std::enable_shared_from_this<Tenant> {
 public:
  Tenant(std::string name, std::shared_ptr<InvocationOwner> owner,
         std::shared_ptr<const TenantPolicy> policy)
      : name(std::move(name)), owner(std::move(owner)), policy(std::move(policy)) {
    share.weight = this->policy->weight;
  }

  const std::string name;
  const std::shared_ptr<InvocationOwner> owner;

  std::shared_ptr<const TenantPolicy> policy;
  std::shared_ptr<const TenantPolicy> leased_policy;  // when the present lease began
  policy::Share share;
  const std::shared_ptr<hostcall::KeyValueMeter> kv_meter =
      std::make_shared<hostcall::KeyValueMeter>();

  // Accepted, by lane; first come first served in each.
  std::array<InvocationList, kLanes> queued;
  InvocationList ready;     // have their next turn
  InvocationList awaiting;  // have been entered, wait for something
  std::unique_ptr<TenantErrands> errands;
  std::unique_ptr<Quarantine> quarantine;  // set while Isolation::kAutomatic keeps it sandboxed

  bool leased = false;
  bool served_as_long = false;  // by the present lease, see policy::FairShare
  bool running = false;         // the lease holder is in an invocation's turn
  bool in_fair_queue = false;
  bool in_idle_queue = false;
  bool wants_idle_work = false;  // contexts to prepare, garbage to collect
  bool wants_calm = false;       // quiet for a while
  bool recently_used = false;    // in the dispatcher's list of such
  bool release_isolate = false;  // nothing is installed any more
  std::uint32_t abandoned = 0;   // isolates that a lost thread still holds
  base::TimePoint last_used{};
  base::TimePoint next_sweep = base::TimePoint::max();
  std::shared_ptr<TenantIsolate> isolate;

  InvocationList& queue_of(const Invocation& invocation) noexcept {
    return queued[static_cast<std::size_t>(invocation.request.lane)];
  }
  // Null: none waits.
  Invocation* first_queued() const noexcept {
    return queued[0].empty() ? queued[1].front() : queued[0].front();
  }
  std::size_t in_flight() const noexcept {
    return ready.size() + awaiting.size() + (running ? 1 : 0);
  }
  // Where its next isolate is made.
  bool sandboxed() const noexcept {
    return policy->isolation == Isolation::kSandboxed ||
           (quarantine != nullptr && policy->isolation == Isolation::kAutomatic);
  }
  bool may_start() const noexcept;
  bool has_turns() const noexcept;
  bool has_errands() const noexcept {
    return errands != nullptr && (!errands->loads.empty() || !errands->drops.empty());
  }
  TenantErrands& make_errands();
};

}  // namespace sublet::runtime
