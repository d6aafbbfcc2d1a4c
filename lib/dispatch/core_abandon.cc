// SPDX-License-Identifier: Apache-2.0
// Workers that are lost: their turn does not come back.
#include <algorithm>
#include <string>
#include <utility>

#include "dispatch/core.h"
#include "dispatch/worker.h"

namespace sublet::dispatch {

using runtime::Phase;
using runtime::Tenant;

// Called once for each lost worker: on the watchdog's thread, or on the worker's own where V8 gave
// up, which then is parked. The worker's thread and its isolate are left alone from here on.
void Core::abandon(Worker& worker, Outcome outcome, std::string_view reason) {
  const Worker::Held& held = worker.held;
  if (held.isolate != nullptr) held.isolate->engine().give_up();
  std::vector<InvocationPtr> others;
  bool moved = false;
  {
    base::MutexLock lock(mutex_);
    if (held.making_spare) --spares_in_making_;
    if (held.tidying || held.making_spare) --tidying_;
    if (held.isolate != nullptr) {
      abandoned_.push_back(held.isolate);
      governor_.removed(held.isolate->id());
      owned_.erase(held.isolate->id());
    }
    ++abandoned_ever_;
    if (isolates_ > 0 && held.isolate != nullptr) --isolates_;
    // Before its next lease, which begins as soon as this one is given up.
    moved = held.tenant != nullptr && quarantine(*held.tenant, reason);
    if (held.tenant != nullptr) give_up_lease(*held.tenant, held.isolate, others);
    std::erase_if(workers_, [&](const auto& each) { return each.get() == &worker; });
    worker.detach();
  }
  watchdog_.remove_slot(worker.shared_slot());
  // Before the outcomes: who gets one can rely on having been told.
  if (held.tenant != nullptr && held.isolate != nullptr) {
    const Bytes bytes = held.isolate->engine().memory().committed;
    settlement_.tell([&](Observer& observer) {
      observer.isolate_ended(held.tenant->name, IsolateEnd::kAbandoned, bytes);
    });
  }
  if (moved) {
    settlement_.tell(
        [&](Observer& observer) { observer.tenant_quarantined(held.tenant->name, reason); });
  }
  settle_held(worker, outcome, reason);
  for (const auto& other : others) {
    decide(*other, outcome == Outcome::kExceededMemory ? outcome : Outcome::kCanceled,
           "its isolate was given up: another invocation in it did not come back");
    settle(*other, true);
  }
  auto started = start_worker();
  if (!started.has_value()) settlement_.internal_error("worker", started.error().message);
  base::MutexLock lock(mutex_);
  worker.abandon_done = true;
  changed_.notify_all();
}

// The tenant goes on without the isolate; what awaited in it is `others`.
void Core::give_up_lease(Tenant& tenant, const IsolatePtr& isolate,
                         std::vector<InvocationPtr>& others) {
  tenant.isolate.reset();
  tenant.leased = false;
  tenant.running = false;
  tenant.wants_calm = false;
  tenant.wants_idle_work = false;
  ++tenant.abandoned;
  queue_.lost(tenant);
  for (auto* list : {&tenant.ready, &tenant.awaiting}) {
    runtime::Invocation* next = nullptr;
    for (runtime::Invocation* each = list->front(); each != nullptr; each = next) {
      next = runtime::InvocationList::after(*each);
      if (each->committing) continue;
      runtime::Invocation& other = *each;
      list->remove(other);
      --awaiting_;
      other.phase.store(Phase::kSettled, std::memory_order_relaxed);
      others.push_back(std::move(other.self));
    }
  }
  // Code that still runs in the isolate may call into any of these.
  if (isolate != nullptr) {
    for (const auto& other : others) isolate->keep(other);
    if (tenant.errands != nullptr) {
      for (auto& dropped : tenant.errands->drops) isolate->keep(std::move(dropped));
      tenant.errands->drops.clear();
    }
  }
  stir(tenant);
}

void Core::settle_held(Worker& worker, Outcome outcome, std::string_view reason) {
  const Worker::Held& held = worker.held;
  if (held.load.done) {
    engine::LoadReport report;
    report.outcome = outcome == Outcome::kExceededMemory ? outcome : Outcome::kCompileError;
    report.error = GuestError{std::string(to_string(outcome)), std::string(reason), ""};
    held.load.done(std::move(report));
  }
  if (held.invocation == nullptr) return;
  runtime::Invocation& invocation = *held.invocation;
  invocation.usage.cpu_time += worker.cpu_of_lost_turn();
  const Limit limit = outcome == Outcome::kExceededMemory
                          ? Limit::kHeap
                          : (outcome == Outcome::kExceededCpu ? Limit::kCpu : Limit::kWall);
  if (outcome != Outcome::kCanceled) {
    invocation.usage.limits_exceeded |= static_cast<LimitSet>(limit);
  }
  decide(invocation, outcome, std::string(reason));
  settle(invocation, true);
}

void Core::await_abandoned(Worker& worker) {
  base::MutexLock lock(mutex_);
  while (!worker.abandon_done) changed_.wait(mutex_);
}

void Core::came_back(Worker& worker) {
  Worker::Held held = std::move(worker.held);
  {
    base::MutexLock lock(mutex_);
    std::erase(abandoned_, held.isolate);
    if (held.tenant != nullptr && held.tenant->abandoned > 0) --held.tenant->abandoned;
    worker.ended = true;
    changed_.notify_all();
  }
}

void Core::worker_ended(Worker& worker) {
  base::MutexLock lock(mutex_);
  worker.ended = true;
  changed_.notify_all();
}

}  // namespace sublet::dispatch
