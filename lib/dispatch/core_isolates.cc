// SPDX-License-Identifier: Apache-2.0
// Isolates: the ready ones, whose they become, and how they go.
#include <algorithm>
#include <utility>

#include "dispatch/core.h"
#include "dispatch/worker.h"

namespace sublet::dispatch {

using runtime::Tenant;
using runtime::TenantIsolate;

namespace {

// What an isolate with one context holds before it has run anything.
constexpr Bytes kNewIsolate = Bytes::mebibytes(1);

}  // namespace

Core::IsolatePtr Core::take_spare(const engine::IsolateOptions& options) {
  base::MutexLock lock(mutex_);
  const auto fits = [&](const IsolatePtr& spare) { return spare->can_assign(options); };
  const auto found = std::find_if(spares_.begin(), spares_.end(), fits);
  if (found == spares_.end()) return nullptr;
  IsolatePtr spare = std::move(*found);
  spares_.erase(found);
  wake_one();
  return spare;
}

Result<Core::IsolatePtr> Core::create_isolate(const engine::IsolateOptions& options) {
  {
    base::MutexLock lock(mutex_);
    if (governor_.over_budget(kNewIsolate)) keep_budget();
  }
  engine::Engine* engine = options.sandboxed ? options_.sandbox.get() : options_.engine.get();
  if (engine == nullptr) return Error{ErrorCode::kUnavailable, options_.sandbox_missing};
  auto made = engine->create_isolate(options, &Worker::on_fatal);
  if (!made.has_value()) return std::move(made).error();
  const Bytes held = made.value()->memory().committed;
  base::MutexLock lock(mutex_);
  const std::uint64_t id = ++last_isolate_;
  ++isolates_;
  governor_.added(id, held);
  return std::make_shared<TenantIsolate>(id, std::move(made).value(), options);
}

void Core::add_spare(IsolatePtr isolate) {
  base::MutexLock lock(mutex_);
  --spares_in_making_;
  --tidying_;
  // An engine that cannot make one now is asked again when a tenant needs it.
  spares_fail_ = isolate == nullptr;
  if (isolate == nullptr) return;
  governor_.measured(isolate->id(), isolate->engine().memory().committed);
  if (stopping()) {
    leaving_.push_back({std::move(isolate), "", IsolateEnd::kReplaced});
  } else {
    spares_.push_back(std::move(isolate));
  }
}

void Core::assign(Tenant& tenant, const IsolatePtr& isolate) {
  base::MutexLock lock(mutex_);
  tenant.isolate = isolate;
  spares_fail_ = false;
  owned_[isolate->id()] = {tenant.shared_from_this(), isolate};
}

void Core::unassign(Tenant& tenant, const IsolatePtr& isolate, IsolateEnd end) {
  TenantPtr released;  // not under the lock
  base::MutexLock lock(mutex_);
  if (tenant.isolate == isolate) tenant.isolate.reset();
  if (end == IsolateEnd::kCondemned) ++condemned_ever_;
  if (end == IsolateEnd::kLost) ++lost_ever_;
  const auto owned = owned_.find(isolate->id());
  if (owned == owned_.end()) return;
  released = std::move(owned->second.tenant);
  owned_.erase(owned);
}

// The tenant is not leased and has nothing in flight: a worker disposes its isolate.
void Core::retire_isolate(Tenant& tenant, IsolateEnd end) {
  IsolatePtr isolate = std::move(tenant.isolate);
  tenant.release_isolate = false;
  tenant.wants_idle_work = false;
  tenant.wants_calm = false;
  if (end == IsolateEnd::kEvicted) ++evicted_ever_;
  if (tenant.errands != nullptr) {
    for (auto& dropped : tenant.errands->drops) isolate->keep(std::move(dropped));
    if (tenant.errands->loads.empty()) tenant.errands.reset();
  }
  // The caller holds the tenant, so that this is not its last reference.
  owned_.erase(isolate->id());
  leaving_.push_back({std::move(isolate), tenant.name, end});
  wake_one();
}

engine::IsolateOptions Core::wanted_isolate(const Tenant& tenant) {
  engine::IsolateOptions wanted = runtime::isolate_options(*tenant.policy);
  wanted.sandboxed = tenant.sandboxed();
  return wanted;
}

void Core::retire_outdated(Tenant& tenant) {
  if (tenant.isolate == nullptr || tenant.leased || tenant.in_flight() > 0) return;
  if (!(tenant.isolate->options() == wanted_isolate(tenant))) {
    retire_isolate(tenant, IsolateEnd::kReplaced);
  }
}

bool Core::quarantine(Tenant& tenant, std::string_view reason) {
  if (tenant.policy->isolation != Isolation::kAutomatic || tenant.quarantine != nullptr)
    return false;
  tenant.quarantine = std::make_unique<runtime::Quarantine>();
  tenant.quarantine->reason = reason;
  return true;
}

void Core::quarantine_now(Tenant& tenant, std::string_view reason) {
  {
    base::MutexLock lock(mutex_);
    if (!quarantine(tenant, reason)) return;
    retire_outdated(tenant);
  }
  settlement_.tell([&](Observer& observer) { observer.tenant_quarantined(tenant.name, reason); });
}

void Core::lift_quarantine(Tenant& tenant) {
  std::unique_ptr<runtime::Quarantine> lifted;
  base::MutexLock lock(mutex_);
  lifted = std::move(tenant.quarantine);
  retire_outdated(tenant);
  stir(tenant);
}

bool Core::busy(const Tenant& tenant) {
  base::MutexLock lock(mutex_);
  return tenant.leased || tenant.in_flight() > 0 || tenant.has_turns();
}

TenantStatus Core::status(const Tenant& tenant) {
  TenantStatus status;
  base::MutexLock lock(mutex_);
  status.sandboxed = tenant.sandboxed();
  status.quarantined = tenant.quarantine != nullptr;
  if (status.quarantined) status.quarantine_reason = tenant.quarantine->reason;
  status.abandoned = tenant.abandoned;
  return status;
}

void Core::disposed(std::string_view tenant, std::uint64_t id, IsolateEnd end, Bytes bytes) {
  {
    base::MutexLock lock(mutex_);
    governor_.removed(id);
    --isolates_;
  }
  if (tenant.empty()) return;  // it was nobody's yet
  settlement_.tell([&](Observer& observer) { observer.isolate_ended(tenant, end, bytes); });
}

void Core::keep_budget() {
  for (const std::uint64_t id : governor_.claim_evictions()) {
    const auto found = owned_.find(id);
    const TenantPtr tenant = found == owned_.end() ? nullptr : found->second.tenant;
    if (tenant != nullptr && !tenant->leased && tenant->in_flight() == 0 && !tenant->has_turns()) {
      retire_isolate(*tenant, IsolateEnd::kEvicted);
    } else if (tenant != nullptr) {
      // It was taken into use just now.
      governor_.removed(id);
      governor_.added(id, found->second.isolate->engine().memory().committed);
    }
  }
}

}  // namespace sublet::dispatch
