// SPDX-License-Identifier: Apache-2.0
// What reaches invocations from outside: completions, stops, deadlines.
#include <algorithm>
#include <utility>

#include "dispatch/core.h"
#include "dispatch/worker.h"

namespace sublet::dispatch {

using runtime::Invocation;
using runtime::Phase;
using runtime::Tenant;

namespace {

// The watchdog's thread takes over what no worker settled for this long.
constexpr base::Nanoseconds kOutboxPatience = std::chrono::milliseconds(1);
// The shortest time between two looks at one tenant's queue for what has expired.
constexpr base::Nanoseconds kSweepPause = std::chrono::milliseconds(2);
// A tenant without a turn for this long is quiet: surplus contexts and garbage go.
constexpr base::Nanoseconds kQuiet = std::chrono::seconds(1);
// How often quiet tenants are looked for. Collecting garbage takes milliseconds that no turn can
// interrupt: while turns are served, one tenant at a time.
constexpr base::Nanoseconds kLookForQuiet = std::chrono::milliseconds(100);

}  // namespace

void Core::completion_arrived(Invocation& invocation,
                              engine::HostCallCompletion completion) noexcept {
  base::MutexLock lock(mutex_);
  const Phase phase = invocation.phase.load(std::memory_order_relaxed);
  if (phase == Phase::kSettled) return;
  invocation.inbox.push_back(std::move(completion));
  if (phase != Phase::kAwaiting) return;
  Tenant& tenant = *invocation.request.extension->tenant;
  tenant.awaiting.remove(invocation);
  tenant.ready.push_back(invocation);
  invocation.phase.store(Phase::kReady, std::memory_order_relaxed);
  stir(tenant);
}

void Core::stop_requested(Invocation& invocation) noexcept {
  base::MutexLock lock(mutex_);
  invocation.stop_requested.store(true, std::memory_order_seq_cst);
  switch (invocation.phase.load(std::memory_order_relaxed)) {
    case Phase::kNew:  // submit() sees the flag
    case Phase::kSettled:
      return;
    case Phase::kRunning:
      for (const auto& worker : workers_) worker->cancel_turn(&invocation);
      return;
    case Phase::kQueued:
    case Phase::kAwaiting:
    case Phase::kReady:
      InvocationPtr canceled = detach(invocation);
      decide(*canceled, Outcome::kCanceled, "the caller canceled it while it waited");
      return settle_soon(std::move(canceled));
  }
}

Core::InvocationPtr Core::detach(Invocation& invocation) {
  Tenant& tenant = *invocation.request.extension->tenant;
  const Phase phase = invocation.phase.exchange(Phase::kSettled, std::memory_order_relaxed);
  InvocationPtr self = std::move(invocation.self);
  if (phase == Phase::kQueued) {
    tenant.queue_of(invocation).remove(invocation);
    --queued_;
    return self;
  }
  (phase == Phase::kReady ? tenant.ready : tenant.awaiting).remove(invocation);
  --awaiting_;
  if (invocation.context != nullptr && tenant.isolate != nullptr) {
    tenant.make_errands().drops.push_back(self);
    tenant.wants_idle_work = true;
  }
  stir(tenant);
  return self;
}

void Core::settle_soon(InvocationPtr invocation) {
  invocation->phase.store(Phase::kSettled, std::memory_order_relaxed);
  outbox_.push_back(std::move(invocation));
  if (outbox_.size() > 1) return;
  wake_one();
  watchdog_.schedule(clock().now() + kOutboxPatience, [weak = weak_from_this()] {
    if (const auto core = weak.lock()) static_cast<Core&>(*core).settle_outbox();
  });
}

void Core::settle_outbox() {
  std::vector<InvocationPtr> settled;
  {
    base::MutexLock lock(mutex_);
    settled.swap(outbox_);
  }
  for (const auto& invocation : settled) settle(*invocation);
}

void Core::plan_sweep(Tenant& tenant, base::TimePoint at, base::TimePoint now) {
  tenant.next_sweep = std::max(at, now + kSweepPause);
  watchdog_.schedule(tenant.next_sweep, [weak = tenant.weak_from_this(), this] {
    // The tenant keeps this core alive.
    if (const auto found = weak.lock()) sweep(*found);
  });
}

void Core::sweep(Tenant& tenant) {
  std::vector<InvocationPtr> expired;
  {
    const base::TimePoint now = clock().now();
    base::MutexLock lock(mutex_);
    if (now < tenant.next_sweep) return;  // an earlier one was planned since, and did the work
    base::TimePoint earliest = base::TimePoint::max();
    for (const auto& list : tenant.queued) {
      Invocation* next = nullptr;
      for (Invocation* each = list.front(); each != nullptr; each = next) {
        next = runtime::InvocationList::after(*each);
        if (each->expires <= now) {
          expired.push_back(detach(*each));
          decide(*expired.back(), Outcome::kExpired, "its deadline passed while it waited");
        } else {
          earliest = std::min(earliest, each->expires);
        }
      }
    }
    tenant.next_sweep = base::TimePoint::max();
    if (earliest != base::TimePoint::max()) plan_sweep(tenant, earliest, now);
  }
  for (const auto& invocation : expired) settle(*invocation);
}

void Core::plan_wall_timer(Invocation& invocation) {
  // One that went off while its invocation ran did nothing, and does not come again.
  if (invocation.wall_timer.number != 0 && clock().now() < invocation.wall_deadline) return;
  if (invocation.wall_deadline == base::TimePoint::max()) return;
  invocation.wall_timer =
      watchdog_.schedule(invocation.wall_deadline, [weak = invocation.weak_from_this(), this] {
        // The invocation's tenant keeps this core alive.
        if (const auto found = weak.lock()) wall_passed(*found);
      });
}

void Core::wall_passed(Invocation& invocation) {
  InvocationPtr late;
  {
    base::MutexLock lock(mutex_);
    const Phase phase = invocation.phase.load(std::memory_order_relaxed);
    // While it runs, its turn has the same deadline.
    if (phase != Phase::kAwaiting && phase != Phase::kReady) return;
    late = detach(invocation);
  }
  decide_wall_passed(*late);
  late->ended = clock().now();
  settle(*late);
}

void Core::plan_calm(base::TimePoint now) {
  if (calm_planned_) return;
  calm_planned_ = true;
  watchdog_.schedule(now + kLookForQuiet, [weak = weak_from_this()] {
    if (const auto core = weak.lock()) static_cast<Core&>(*core).look_for_calm();
  });
}

void Core::look_for_calm() {
  std::vector<TenantPtr> released;  // not under the lock
  const base::TimePoint now = clock().now();
  base::MutexLock lock(mutex_);
  calm_planned_ = false;
  if (stopping()) return;
  std::size_t most = now - last_served_ < kLookForQuiet ? 1 : recent_.size();
  std::vector<TenantPtr> still_recent;
  for (TenantPtr& tenant : recent_) {
    if (most == 0 || tenant->leased || now - tenant->last_used < kQuiet) {
      still_recent.push_back(std::move(tenant));
      continue;
    }
    --most;
    tenant->recently_used = false;
    if (tenant->isolate != nullptr) {
      tenant->wants_calm = true;
      tenant->wants_idle_work = true;
      stir(*tenant);
    }
    released.push_back(std::move(tenant));
  }
  recent_.swap(still_recent);
  if (!recent_.empty()) plan_calm(now);
}

}  // namespace sublet::dispatch
