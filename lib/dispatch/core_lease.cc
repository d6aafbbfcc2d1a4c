// SPDX-License-Identifier: Apache-2.0
// What workers do next, and the leases they take of tenants.
#include <algorithm>
#include <utility>

#include "dispatch/core.h"
#include "dispatch/worker.h"

namespace sublet::dispatch {

using runtime::Invocation;
using runtime::Phase;
using runtime::Tenant;

namespace {

// How long a lease goes on while other tenants wait: entering an isolate and cold caches cost
// several microseconds, which this spreads.
constexpr std::uint32_t kSliceSteps = 16;
constexpr base::Nanoseconds kSlice = std::chrono::microseconds(500);
// And while none does: the tenant's share and memory are looked at now and then.
constexpr base::Nanoseconds kLongestSlice = std::chrono::milliseconds(10);
// How often a worker looks again at what is held back for the reserved worker.
constexpr base::Nanoseconds kHeldBack = std::chrono::milliseconds(20);

}  // namespace

void Core::stir(Tenant& tenant) {
  if (tenant.leased || stopping()) return;
  if (tenant.has_turns()) {
    if (tenant.in_fair_queue) return;
    queue_.push(tenant, true);
    wake_one();
  } else if (tenant.wants_idle_work && !tenant.in_idle_queue) {
    tenant.in_idle_queue = true;
    idle_.push_back(tenant.shared_from_this());
    wake_one();
  }
}

void Core::wake_one() {
  if (sleeping_ <= waking_) return;
  ++waking_;
  work_.notify_one();
}

void Core::wake_all() {
  waking_ = sleeping_;
  work_.notify_all();
}

Task Core::next_task(Worker& worker) {
  Task task;
  base::TimePoint now = worker.read_clock();
  base::MutexLock lock(mutex_);
  while (!find_task(task, now)) {
    ++sleeping_;
    if (queue_.holds_back()) {
      work_.wait_until(mutex_, std::chrono::steady_clock::now() + kHeldBack);
    } else {
      work_.wait(mutex_);
    }
    --sleeping_;
    if (waking_ > 0) --waking_;
    now = worker.read_clock();
  }
  return task;
}

bool Core::find_task(Task& task, base::TimePoint now) {
  if (!outbox_.empty()) {
    task.kind = Task::Kind::kSettle;
    task.settled.swap(outbox_);
    return true;
  }
  if (!leaving_.empty() && governor_.over_budget() && find_idle_task(task)) return true;
  const auto workers = static_cast<std::uint32_t>(workers_.size());
  while (!queue_.empty()) {
    task.tenant = queue_.pop(workers, now);
    if (task.tenant == nullptr) break;
    if (!task.tenant->has_turns()) {  // settled since
      queue_.lost(*task.tenant);
      stir(*task.tenant);
      continue;
    }
    task.kind = Task::Kind::kServe;
    last_served_ = now;
    task.tenant->leased = true;
    return true;
  }
  if (find_idle_task(task)) return true;
  task.kind = Task::Kind::kExit;
  return stopping();
}

bool Core::find_idle_task(Task& task) {
  if (!leaving_.empty()) {
    Leaving leaving = std::move(leaving_.front());
    leaving_.pop_front();
    task.kind = Task::Kind::kDispose;
    task.isolate = std::move(leaving.isolate);
    task.name = std::move(leaving.tenant);
    task.end = leaving.end;
    return true;
  }
  if (stopping()) return false;
  // One worker stays free for turns that come.
  const std::size_t most = std::max<std::size_t>(workers_.size(), 2) - 1;
  if (tidying_ >= most) return false;
  while (!idle_.empty()) {
    task.tenant = std::move(idle_.front());
    idle_.pop_front();
    Tenant& tenant = *task.tenant;
    tenant.in_idle_queue = false;
    if (tenant.leased || tenant.in_fair_queue || !tenant.wants_idle_work) continue;
    tenant.wants_idle_work = false;
    tenant.leased = true;
    ++tidying_;
    task.kind = Task::Kind::kTidy;
    return true;
  }
  if (spares_.size() + spares_in_making_ >= options_.warm_isolates || spares_fail_) return false;
  if (governor_.over_budget()) return false;
  ++spares_in_making_;
  ++tidying_;
  task.kind = Task::Kind::kSpare;
  return true;
}

LeaseStart Core::begin_lease(Tenant& tenant) {
  LeaseStart start;
  base::MutexLock lock(mutex_);
  start.isolate = tenant.isolate;
  tenant.leased_policy = tenant.policy;
  start.wanted = wanted_isolate(tenant);
  start.in_flight = tenant.in_flight() > 0;
  start.drops = tenant.errands != nullptr && !tenant.errands->drops.empty();
  start.calm = std::exchange(tenant.wants_calm, false);
  if (start.isolate != nullptr) governor_.in_use(start.isolate->id());
  return start;
}

Step Core::next_step(Tenant& tenant, std::uint32_t steps, base::Nanoseconds since,
                     base::TimePoint now) {
  Step step;
  base::MutexLock lock(mutex_);
  tenant.running = false;
  if (stopping()) return step;
  const bool slice_over = steps >= kSliceSteps || since >= kSlice;
  if (slice_over && (!queue_.empty() || !outbox_.empty() || since >= kLongestSlice)) return step;
  if (!tenant.ready.empty()) {
    Invocation& invocation = *tenant.ready.front();
    tenant.ready.remove(invocation);
    --awaiting_;
    step.invocation = std::move(invocation.self);
    step.completions.swap(invocation.inbox);
  } else if (tenant.errands != nullptr && !tenant.errands->loads.empty()) {
    step.load = std::move(tenant.errands->loads.front());
    tenant.errands->loads.pop_front();
    return step;
  } else if (tenant.first_queued() != nullptr && tenant.may_start()) {
    // A new policy may want another isolate, which only a new lease can take.
    if (tenant.policy != tenant.leased_policy) return step;
    Invocation& invocation = *tenant.first_queued();
    tenant.queue_of(invocation).remove(invocation);
    --queued_;
    step.invocation = std::move(invocation.self);
    step.first_turn = true;
    step.admission = readmit(tenant, terms());
  } else {
    return step;
  }
  tenant.running = true;
  tenant.last_used = now;
  step.invocation->phase.store(Phase::kRunning, std::memory_order_relaxed);
  return step;
}

void Core::begin_awaiting(InvocationPtr invocation) {
  base::MutexLock lock(mutex_);
  Invocation& awaiting = *invocation;
  Tenant& tenant = *awaiting.request.extension->tenant;
  tenant.running = false;
  awaiting.self = std::move(invocation);
  const bool came_in = !awaiting.inbox.empty();
  awaiting.phase.store(came_in ? Phase::kReady : Phase::kAwaiting, std::memory_order_relaxed);
  (came_in ? tenant.ready : tenant.awaiting).push_back(awaiting);
  ++awaiting_;
  plan_wall_timer(awaiting);
  // A stop or the shutdown that came after the turn was looked at.
  if (!awaiting.stop_requested.load() && !stopping()) return;
  InvocationPtr canceled = detach(awaiting);
  decide(*canceled, Outcome::kCanceled, "it was canceled while it awaited");
  settle_soon(std::move(canceled));
}

bool Core::nothing_came_in(Invocation& invocation) {
  base::MutexLock lock(mutex_);
  return invocation.inbox.empty();
}

std::vector<Core::InvocationPtr> Core::take_drops(Tenant& tenant) {
  base::MutexLock lock(mutex_);
  if (tenant.errands == nullptr) return {};
  return std::exchange(tenant.errands->drops, {});
}

std::vector<Core::InvocationPtr> Core::take_in_flight(Tenant& tenant,
                                                      const runtime::LoadedContext* context) {
  std::vector<InvocationPtr> taken;
  base::MutexLock lock(mutex_);
  for (auto* list : {&tenant.ready, &tenant.awaiting}) {
    Invocation* next = nullptr;
    for (Invocation* each = list->front(); each != nullptr; each = next) {
      next = runtime::InvocationList::after(*each);
      if (each->committing || (context != nullptr && each->context != context)) continue;
      list->remove(*each);
      --awaiting_;
      each->phase.store(Phase::kSettled, std::memory_order_relaxed);
      taken.push_back(std::move(each->self));
    }
  }
  return taken;
}

void Core::end_lease(TenantPtr shared, const LeaseUse& use) {
  Tenant& tenant = *shared;
  base::MutexLock lock(mutex_);
  tenant.leased = false;
  tenant.running = false;
  if (use.served) {
    queue_.done(tenant, use.cpu, use.longest_turn);
  } else {
    queue_.charge(tenant, use.cpu);
    --tidying_;
  }
  if (use.wants_idle_work || tenant.has_errands() || tenant.wants_calm) {
    tenant.wants_idle_work = true;
  }
  if (tenant.isolate == nullptr) tenant.wants_idle_work = false;
  if (tenant.isolate != nullptr) {
    const Bytes held = tenant.isolate->engine().memory().committed;
    const bool busy = tenant.in_flight() > 0 || tenant.has_turns();
    busy ? governor_.measured(tenant.isolate->id(), held)
         : governor_.idle(tenant.isolate->id(), held);
    const bool leave = stopping() || (tenant.release_isolate && !busy);
    if (leave) {
      retire_isolate(tenant, IsolateEnd::kReplaced);
    } else if (!tenant.recently_used && use.served) {
      tenant.recently_used = true;
      recent_.push_back(shared);
      plan_calm(use.now);
    }
  }
  if (governor_.over_budget()) keep_budget();
  if (stopping()) return;
  if (tenant.has_turns() && !tenant.in_fair_queue) {
    queue_.push(tenant, false);  // this worker looks again at once: nobody is woken
  } else {
    stir(tenant);
  }
}

}  // namespace sublet::dispatch
