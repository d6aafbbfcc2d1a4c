// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "dispatch/admission.h"
#include "dispatch/dispatcher.h"
#include "dispatch/fair_queue.h"
#include "dispatch/settlement.h"
#include "runtime/invocation.h"
#include "runtime/memory_governor.h"
#include "runtime/tenant.h"
#include "runtime/uv_timer_thread.h"
#include "runtime/watchdog.h"

namespace sublet::dispatch {

class Worker;

// What a worker does next.
struct Task {
  enum class Kind : std::uint8_t {
    kExit,
    kServe,    // turns of `tenant`, which is leased to the worker now
    kTidy,     // idle work of `tenant`, likewise
    kDispose,  // `isolate`, which nobody uses any more
    kSpare,    // make an isolate that waits for a tenant
    kSettle,   // `settled` from outside: only their completions are due
  };
  Kind kind = Kind::kExit;
  std::shared_ptr<runtime::Tenant> tenant;
  std::shared_ptr<runtime::TenantIsolate> isolate;
  std::string name;                        // of the tenant that had `isolate`
  IsolateEnd end = IsolateEnd::kReplaced;  // why
  std::vector<std::shared_ptr<runtime::Invocation>> settled;
};

// One step of a lease: an invocation whose turn it is, or a load.
struct Step {
  std::shared_ptr<runtime::Invocation> invocation;
  bool first_turn = false;
  std::vector<engine::HostCallCompletion> completions;  // where it is not the first
  Admission admission;                                  // of a first turn
  runtime::LoadRequest load;                            // where `load.done` is set

  bool empty() const noexcept { return invocation == nullptr && load.done == nullptr; }
};

// What a lease finds.
struct LeaseStart {
  std::shared_ptr<runtime::TenantIsolate> isolate;  // null: the tenant has none
  engine::IsolateOptions wanted;                    // by its policy of now
  bool in_flight = false;
  bool drops = false;
  bool calm = false;  // the tenant was quiet for a while
};

// What a lease used, for the tenant's share.
struct LeaseUse {
  base::Nanoseconds cpu{0};
  base::Nanoseconds longest_turn{0};
  base::TimePoint now{};
  bool wants_idle_work = false;
  bool served = true;  // false: idle work only
};

// Everything that dispatcher and workers share: queues, tenants' leases, ready isolates. Kept alive
// by the dispatcher, by each worker thread (also one that never comes back) and by the tenants.
//
// Lock order: this lock is taken with no other one held, and under it only the memory governor's
// and the watchdog's deadlines'. Neither the engine nor anything of the host is called under it.
class Core final : public runtime::InvocationOwner, public std::enable_shared_from_this<Core> {
 public:
  using InvocationPtr = std::shared_ptr<runtime::Invocation>;
  using TenantPtr = std::shared_ptr<runtime::Tenant>;
  using IsolatePtr = std::shared_ptr<runtime::TenantIsolate>;

  explicit Core(DispatcherOptions options);
  ~Core() override;

  // -- for the dispatcher (core.cc) --------------------------------------------------------------
  Result<void> start();
  TenantPtr add_tenant(std::string name, std::shared_ptr<const TenantPolicy> policy);
  void set_policy(runtime::Tenant& tenant, std::shared_ptr<const TenantPolicy> policy);
  void release_isolate(runtime::Tenant& tenant);
  TenantStatus status(const runtime::Tenant& tenant);
  bool busy(const runtime::Tenant& tenant);
  void quarantine_now(runtime::Tenant& tenant, std::string_view reason);
  void lift_quarantine(runtime::Tenant& tenant);
  Result<void> load(runtime::LoadRequest request);
  Result<void> submit(runtime::Request&& request);
  Result<void> refuse(runtime::Request&& request, Outcome outcome, std::string message);
  void retire(const runtime::ActiveExtension& extension, bool settle_queued);
  bool drain(std::chrono::milliseconds deadline);
  void accept_again();
  void shutdown();
  void add_stats(HostStats& stats);

  // -- from outside (core_events.cc)
  // ---------------------------------------------------------------
  void completion_arrived(runtime::Invocation& invocation,
                          engine::HostCallCompletion completion) noexcept override;
  void stop_requested(runtime::Invocation& invocation) noexcept override;

  // -- for workers (core_lease.cc)
  // -----------------------------------------------------------------
  Task next_task(Worker& worker);
  LeaseStart begin_lease(runtime::Tenant& tenant);
  // The next step of a lease; empty where the lease is to end. `steps` and `since` tell how much of
  // it was used.
  Step next_step(runtime::Tenant& tenant, std::uint32_t steps, base::Nanoseconds since,
                 base::TimePoint now);
  // The turn ended with the handler's promise pending.
  void begin_awaiting(InvocationPtr invocation);
  bool nothing_came_in(runtime::Invocation& invocation);
  std::vector<InvocationPtr> take_drops(runtime::Tenant& tenant);
  // Everything that awaits in that context, or in any where it is null; the caller settles them.
  std::vector<InvocationPtr> take_in_flight(runtime::Tenant& tenant,
                                            const runtime::LoadedContext* context);
  void end_lease(TenantPtr tenant, const LeaseUse& use);
  // Settles, and counts.
  void settle(runtime::Invocation& invocation, bool turn_lost = false) noexcept;

  // -- isolates (core_isolates.cc)
  // ----------------------------------------------------------------- The ready isolate that fits,
  // or null: the caller makes one.
  IsolatePtr take_spare(const engine::IsolateOptions& options);
  Result<IsolatePtr> create_isolate(const engine::IsolateOptions& options);
  void add_spare(IsolatePtr isolate);
  void assign(runtime::Tenant& tenant, const IsolatePtr& isolate);
  // The tenant has it no longer, the caller disposes it.
  void unassign(runtime::Tenant& tenant, const IsolatePtr& isolate, IsolateEnd end);
  // Told after the isolate was disposed.
  void disposed(std::string_view tenant, std::uint64_t id, IsolateEnd end, Bytes bytes);

  // -- threads that do not come back (core_abandon.cc)
  // ---------------------------------------------
  void abandon(Worker& worker, Outcome outcome, std::string_view reason);
  // On a lost thread that did come back: waits until abandon() is through.
  void await_abandoned(Worker& worker);
  void came_back(Worker& worker);  // its thread ends
  void worker_ended(Worker& worker);

  const DispatcherOptions& options() const noexcept { return options_; }
  const base::Clock& clock() const noexcept { return *options_.clock; }
  runtime::Watchdog& watchdog() noexcept { return watchdog_; }
  runtime::MemoryGovernor& governor() noexcept { return governor_; }
  Settlement& settlement() noexcept { return settlement_; }
  base::TimerService& timers() noexcept { return timers_; }
  const hostcall::FaultReport& on_fault() const noexcept { return on_fault_; }
  bool stopping() const noexcept { return stopping_.load(std::memory_order_relaxed); }

 private:
  Result<void> check_accepting() SUBLET_REQUIRES(mutex_);
  AdmissionTerms terms() const SUBLET_REQUIRES(mutex_);
  // Whether it was moved to the sandboxed tier just now.
  bool quarantine(runtime::Tenant& tenant, std::string_view reason) SUBLET_REQUIRES(mutex_);
  // What the tenant's isolate is made with, by its policy and standing of now.
  engine::IsolateOptions wanted_isolate(const runtime::Tenant& tenant) SUBLET_REQUIRES(mutex_);
  // It has another isolate than it should, and nothing runs in it: it goes.
  void retire_outdated(runtime::Tenant& tenant) SUBLET_REQUIRES(mutex_);
  void enqueue(runtime::Tenant& tenant, InvocationPtr invocation, base::TimePoint now)
      SUBLET_REQUIRES(mutex_);
  // Has a worker serve the tenant, if it has something to do.
  void stir(runtime::Tenant& tenant) SUBLET_REQUIRES(mutex_);
  void wake_one() SUBLET_REQUIRES(mutex_);
  void wake_all() SUBLET_REQUIRES(mutex_);
  // Takes it out of its tenant's lists; it is settled by a worker, or by the watchdog's thread
  // where none is free.
  InvocationPtr detach(runtime::Invocation& invocation) SUBLET_REQUIRES(mutex_);
  void settle_soon(InvocationPtr invocation) SUBLET_REQUIRES(mutex_);
  void settle_outbox();
  void cancel_running(runtime::Invocation& invocation) SUBLET_REQUIRES(mutex_);
  void drop_queued(runtime::Tenant& tenant, const runtime::ActiveExtension* extension,
                   Outcome outcome, const char* message) SUBLET_REQUIRES(mutex_);
  void plan_sweep(runtime::Tenant& tenant, base::TimePoint at, base::TimePoint now)
      SUBLET_REQUIRES(mutex_);
  void sweep(runtime::Tenant& tenant);
  void plan_wall_timer(runtime::Invocation& invocation) SUBLET_REQUIRES(mutex_);
  void wall_passed(runtime::Invocation& invocation);
  void plan_calm(base::TimePoint now) SUBLET_REQUIRES(mutex_);
  void look_for_calm();
  bool find_task(Task& task, base::TimePoint now) SUBLET_REQUIRES(mutex_);
  // Has what must go for the memory budget disposed.
  void keep_budget() SUBLET_REQUIRES(mutex_);
  bool find_idle_task(Task& task) SUBLET_REQUIRES(mutex_);
  std::vector<TenantPtr> all_tenants() SUBLET_REQUIRES(mutex_);
  void cancel_everything(std::vector<InvocationPtr>& canceled,
                         std::vector<runtime::LoadRequest>& loads) SUBLET_REQUIRES(mutex_);
  void retire_isolate(runtime::Tenant& tenant, IsolateEnd end) SUBLET_REQUIRES(mutex_);
  void give_up_lease(runtime::Tenant& tenant, const IsolatePtr& isolate,
                     std::vector<InvocationPtr>& others) SUBLET_REQUIRES(mutex_);
  void settle_held(Worker& worker, Outcome outcome, std::string_view reason);
  Result<void> start_worker();
  void join_workers();

  const DispatcherOptions options_;
  runtime::Watchdog watchdog_;
  runtime::UvTimerThread timers_;
  runtime::MemoryGovernor governor_;
  Settlement settlement_;
  hostcall::FaultReport on_fault_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> finished_{0};

  base::Mutex mutex_;
  FairQueue queue_ SUBLET_GUARDED_BY(mutex_);
  bool shut_down_ SUBLET_GUARDED_BY(mutex_) = false;
  std::uint64_t queued_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t awaiting_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t accepted_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::deque<TenantPtr> idle_ SUBLET_GUARDED_BY(mutex_);
  std::vector<TenantPtr> recent_ SUBLET_GUARDED_BY(mutex_);
  base::TimePoint last_served_ SUBLET_GUARDED_BY(mutex_){};
  bool calm_planned_ SUBLET_GUARDED_BY(mutex_) = false;
  std::vector<InvocationPtr> outbox_ SUBLET_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<runtime::Tenant>> tenants_ SUBLET_GUARDED_BY(mutex_);
  std::size_t purge_tenants_at_ SUBLET_GUARDED_BY(mutex_) = 64;

  // Isolates.
  std::uint64_t last_isolate_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::vector<IsolatePtr> spares_ SUBLET_GUARDED_BY(mutex_);
  std::uint32_t spares_in_making_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool spares_fail_ SUBLET_GUARDED_BY(mutex_) = false;
  struct Owned {
    TenantPtr tenant;
    IsolatePtr isolate;
  };
  std::unordered_map<std::uint64_t, Owned> owned_ SUBLET_GUARDED_BY(mutex_);
  struct Leaving {
    IsolatePtr isolate;
    std::string tenant;
    IsolateEnd end;
  };
  std::deque<Leaving> leaving_ SUBLET_GUARDED_BY(mutex_);
  std::vector<IsolatePtr> abandoned_ SUBLET_GUARDED_BY(mutex_);
  std::uint64_t isolates_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t abandoned_ever_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t condemned_ever_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t evicted_ever_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint64_t lost_ever_ SUBLET_GUARDED_BY(mutex_) = 0;

  // Workers.
  std::vector<std::shared_ptr<Worker>> workers_ SUBLET_GUARDED_BY(mutex_);
  std::uint32_t sleeping_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint32_t waking_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::uint32_t tidying_ SUBLET_GUARDED_BY(mutex_) = 0;
  base::CondVar work_;
  base::CondVar changed_;  // a worker ended, or everything was settled
};

}  // namespace sublet::dispatch
