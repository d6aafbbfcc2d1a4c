// SPDX-License-Identifier: Apache-2.0
#include "dispatch/core.h"

#include <algorithm>
#include <utility>

#include "dispatch/worker.h"
#include "runtime/block_pool.h"

namespace sublet::dispatch {

using runtime::Phase;
using runtime::Tenant;

namespace {

runtime::WatchdogOptions watchdog_options(const base::Clock* clock) {
  runtime::WatchdogOptions options;
  options.clock = clock;
  return options;
}

std::shared_ptr<runtime::Invocation> make_invocation(Core& core, runtime::Request&& request) {
  using Allocator = runtime::PoolAllocator<runtime::Invocation>;
  return std::allocate_shared<runtime::Invocation>(Allocator(), core, std::move(request));
}

}  // namespace

Core::Core(DispatcherOptions options)
    : options_(std::move(options)),
      watchdog_(watchdog_options(options_.clock)),
      timers_(*options_.clock),
      governor_(options_.memory_budget),
      settlement_(options_.observer, *options_.clock),
      on_fault_([this](std::string_view where, std::string_view what) {
        settlement_.internal_error(where, what);
      }) {}

Core::~Core() = default;

Result<void> Core::start() {
  if (!watchdog_.start())
    return Error{ErrorCode::kInternal, "the watchdog's thread could not be started"};
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    auto started = start_worker();
    if (!started.has_value()) return started;
  }
  return {};
}

Result<void> Core::start_worker() {
  auto worker = std::make_shared<Worker>(shared_from_this());
  base::MutexLock lock(mutex_);
  if (stopping()) return {};
  auto started = worker->start();
  if (started.has_value()) workers_.push_back(std::move(worker));
  return started;
}

Core::TenantPtr Core::add_tenant(std::string name, std::shared_ptr<const TenantPolicy> policy) {
  auto tenant = std::make_shared<Tenant>(std::move(name), shared_from_this(), std::move(policy));
  base::MutexLock lock(mutex_);
  if (tenants_.size() >= purge_tenants_at_) {
    std::erase_if(tenants_, [](const auto& weak) { return weak.expired(); });
    purge_tenants_at_ = std::max<std::size_t>(64, tenants_.size() * 2);
  }
  tenants_.push_back(tenant);
  return tenant;
}

std::vector<Core::TenantPtr> Core::all_tenants() {
  std::vector<TenantPtr> all;
  all.reserve(tenants_.size());
  for (const auto& weak : tenants_) {
    if (auto tenant = weak.lock()) all.push_back(std::move(tenant));
  }
  return all;
}

void Core::set_policy(Tenant& tenant, std::shared_ptr<const TenantPolicy> policy) {
  std::shared_ptr<const TenantPolicy> before;
  base::MutexLock lock(mutex_);
  before = std::exchange(tenant.policy, std::move(policy));
  tenant.share.weight = tenant.policy->weight;
  retire_outdated(tenant);
  stir(tenant);
}

void Core::release_isolate(Tenant& tenant) {
  base::MutexLock lock(mutex_);
  if (tenant.isolate == nullptr) return;
  if (tenant.leased || tenant.in_flight() > 0 || tenant.has_turns()) {
    tenant.release_isolate = true;
  } else {
    retire_isolate(tenant, IsolateEnd::kReplaced);
  }
}

Result<void> Core::check_accepting() {
  if (stopping()) return Error{ErrorCode::kFailedPrecondition, "the host was shut down"};
  if (draining_.load(std::memory_order_relaxed)) {
    return Error{ErrorCode::kFailedPrecondition, "the host is draining: it accepts nothing more"};
  }
  return {};
}

AdmissionTerms Core::terms() const {
  return {options_.max_abandoned_per_tenant, options_.max_abandoned,
          static_cast<std::uint32_t>(abandoned_.size()),
          options_.sandbox == nullptr ? &options_.sandbox_missing : nullptr};
}

Result<void> Core::load(runtime::LoadRequest request) {
  base::MutexLock lock(mutex_);
  if (stopping()) return Error{ErrorCode::kFailedPrecondition, "the host was shut down"};
  Tenant& tenant = *request.extension->tenant;
  tenant.release_isolate = false;
  tenant.make_errands().loads.push_back(std::move(request));
  stir(tenant);
  return {};
}

Result<void> Core::submit(runtime::Request&& request) {
  auto invocation = make_invocation(*this, std::move(request));
  const base::TimePoint now = clock().now();
  invocation->accepted = now;
  invocation->watch_stop();
  Tenant& tenant = *invocation->request.extension->tenant;
  bool over_bound_but_let_in = false;
  {
    base::MutexLock lock(mutex_);
    auto accepting = check_accepting();
    if (!accepting.has_value()) return accepting;
    ++accepted_;
    Admission admission = admit(tenant, invocation->request.lane, terms());
    if (invocation->stop_requested.load(std::memory_order_relaxed)) {
      admission.refusal = Outcome::kCanceled;
      admission.message = "the caller canceled it before it could wait";
    }
    if (admission.over_queue_bound) {
      invocation->usage.limits_exceeded |= static_cast<LimitSet>(Limit::kQueue);
    }
    if (admission.refusal == Outcome::kOk) {
      over_bound_but_let_in = admission.over_queue_bound;
      enqueue(tenant, std::move(invocation), now);
    } else {
      decide(*invocation, admission.refusal, std::move(admission.message));
      settle_soon(std::move(invocation));
    }
  }
  if (over_bound_but_let_in) {
    settlement_.tell([&](Observer& observer) {
      observer.limit_reached(tenant.name, Limit::kQueue, Enforcement::kDryRun);
    });
  }
  return {};
}

void Core::enqueue(Tenant& tenant, InvocationPtr invocation, base::TimePoint now) {
  const auto& options = invocation->request.options;
  if (options.deadline.count() > 0) {
    invocation->deadline = now + options.deadline;
    invocation->expires = invocation->deadline;
  } else {
    invocation->expires = now + tenant.policy->queue_time;
  }
  invocation->expires = std::min(invocation->expires, invocation->request.start_by);
  if (invocation->expires < tenant.next_sweep) plan_sweep(tenant, invocation->expires, now);
  invocation->phase.store(Phase::kQueued, std::memory_order_relaxed);
  runtime::Invocation& queued = *invocation;
  queued.self = std::move(invocation);
  tenant.queue_of(queued).push_back(queued);
  ++queued_;
  stir(tenant);
}

Result<void> Core::refuse(runtime::Request&& request, Outcome outcome, std::string message) {
  auto invocation = make_invocation(*this, std::move(request));
  invocation->accepted = clock().now();
  decide(*invocation, outcome, std::move(message));
  base::MutexLock lock(mutex_);
  auto accepting = check_accepting();
  if (!accepting.has_value()) return accepting;
  ++accepted_;
  settle_soon(std::move(invocation));
  return {};
}

void Core::retire(const runtime::ActiveExtension& extension, bool settle_queued) {
  Tenant& tenant = *extension.tenant;
  base::MutexLock lock(mutex_);
  if (settle_queued) {
    drop_queued(tenant, &extension, Outcome::kHandlerNotFound, "the extension was uninstalled");
  }
  if (tenant.isolate == nullptr) return;
  tenant.wants_calm = true;
  tenant.wants_idle_work = true;
  stir(tenant);
}

void Core::drop_queued(Tenant& tenant, const runtime::ActiveExtension* extension, Outcome outcome,
                       const char* message) {
  for (const auto& list : tenant.queued) {
    runtime::Invocation* next = nullptr;
    for (runtime::Invocation* each = list.front(); each != nullptr; each = next) {
      next = runtime::InvocationList::after(*each);
      const auto& its = each->request.extension;
      if (extension != nullptr &&
          (its->name != extension->name || its->program != extension->program)) {
        continue;
      }
      InvocationPtr dropped = detach(*each);
      decide(*dropped, outcome, message);
      settle_soon(std::move(dropped));
    }
  }
}

bool Core::drain(std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  base::MutexLock lock(mutex_);
  draining_.store(true, std::memory_order_seq_cst);
  while (finished_.load(std::memory_order_seq_cst) < accepted_) {
    if (!changed_.wait_until(mutex_, until)) {
      return finished_.load(std::memory_order_seq_cst) >= accepted_;
    }
  }
  return true;
}

void Core::accept_again() {
  base::MutexLock lock(mutex_);
  draining_.store(false, std::memory_order_seq_cst);
}

void Core::settle(runtime::Invocation& invocation, bool turn_lost) noexcept {
  invocation.phase.store(Phase::kSettled, std::memory_order_relaxed);
  if (invocation.wall_timer.number != 0) watchdog_.cancel(invocation.wall_timer);
  if (!settlement_.settle(invocation, turn_lost)) return;
  finished_.fetch_add(1, std::memory_order_seq_cst);
  if (!draining_.load(std::memory_order_seq_cst)) return;
  base::MutexLock lock(mutex_);
  changed_.notify_all();
}

void Core::shutdown() {
  std::vector<InvocationPtr> canceled;
  std::vector<runtime::LoadRequest> loads;
  {
    base::MutexLock lock(mutex_);
    if (shut_down_) return;
    shut_down_ = true;
    stopping_.store(true, std::memory_order_seq_cst);
    cancel_everything(canceled, loads);
    for (const auto& worker : workers_) worker->cancel_turn(nullptr);
    wake_all();
  }
  for (const auto& invocation : canceled) settle(*invocation);
  engine::LoadReport report;
  report.outcome = Outcome::kCanceled;
  report.error = GuestError{"canceled", "the host was shut down", ""};
  for (const auto& load : loads) load.done(report);
  settle_outbox();
  join_workers();
  settle_outbox();
  watchdog_.stop();
  timers_.stop();
  base::MutexLock lock(mutex_);
  recent_.clear();
  owned_.clear();
}

void Core::cancel_everything(std::vector<InvocationPtr>& canceled,
                             std::vector<runtime::LoadRequest>& loads) {
  for (const TenantPtr& tenant : all_tenants()) {
    for (auto* list : {&tenant->queued[0], &tenant->queued[1], &tenant->ready, &tenant->awaiting}) {
      while (!list->empty()) {
        canceled.push_back(detach(*list->front()));
        decide(*canceled.back(), Outcome::kCanceled, "the host was shut down");
      }
    }
    if (tenant->errands != nullptr) {
      for (auto& load : tenant->errands->loads) loads.push_back(std::move(load));
      tenant->errands->loads.clear();
    }
    if (!tenant->leased && tenant->isolate != nullptr) {
      retire_isolate(*tenant, IsolateEnd::kReplaced);
    }
  }
  for (auto& spare : spares_) leaving_.push_back({std::move(spare), "", IsolateEnd::kReplaced});
  spares_.clear();
  queue_.clear();
  idle_.clear();
}

// Waits for every worker that comes back. The others are given up by the watchdog, which goes on
// until all have ended one way or the other.
void Core::join_workers() {
  std::vector<std::shared_ptr<Worker>> ended;
  {
    base::MutexLock lock(mutex_);
    const auto over = [](const auto& worker) { return worker->ended; };
    while (!std::all_of(workers_.begin(), workers_.end(), over)) changed_.wait(mutex_);
    ended.swap(workers_);
  }
  for (const auto& worker : ended) worker->join();
}

void Core::add_stats(HostStats& stats) {
  base::MutexLock lock(mutex_);
  stats.isolates += isolates_;
  stats.isolates_ready += spares_.size();
  stats.isolates_abandoned += abandoned_ever_;
  stats.isolates_held += abandoned_.size();
  stats.isolates_condemned += condemned_ever_;
  stats.isolates_evicted += evicted_ever_;
  stats.sandboxes_lost += lost_ever_;
  for (const auto& weak : tenants_) {
    const auto tenant = weak.lock();
    if (tenant != nullptr && tenant->quarantine != nullptr) ++stats.tenants_quarantined;
  }
  stats.isolate_memory.count += governor_.committed().count;
  for (const auto& isolate : abandoned_) {
    stats.abandoned_memory.count += isolate->engine().memory().committed.count;
  }
  stats.invocations_accepted += accepted_;
  stats.invocations_finished += finished_.load(std::memory_order_relaxed);
  stats.invocations_queued += queued_;
  stats.invocations_awaiting += awaiting_;
  stats.workers = static_cast<std::uint32_t>(workers_.size());
}

}  // namespace sublet::dispatch
