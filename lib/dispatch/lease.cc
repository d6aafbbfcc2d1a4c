// SPDX-License-Identifier: Apache-2.0
#include "dispatch/lease.h"

#include <algorithm>
#include <utility>

#include "runtime/load_port.h"

namespace sublet::dispatch {

using runtime::ContextPool;
using runtime::LoadedContext;
using runtime::Verdict;

namespace {

// How much longer than its CPU time top-level code may take by the wall, in a process of its own.
constexpr int kLoadPatience = 10;

}  // namespace

Lease::Lease(Worker& worker, std::shared_ptr<runtime::Tenant> tenant, bool tidy)
    : worker_(worker), core_(worker.core()), tenant_(std::move(tenant)), tidy_(tidy) {
  worker_.held.tenant = tenant_;
  worker_.held.tidying = tidy;
  started_ = worker_.now();
  cpu_started_ = worker_.cpu();
  use_.served = !tidy;
}

void Lease::run() {
  start_ = core_.begin_lease(*tenant_);
  isolate_ = std::move(start_.isolate);
  if (isolate_ == nullptr && tidy_) return close();
  if (!enter_isolate()) {
    if (!worker_.is_lost()) close();
    return;
  }
  if (!run_entered()) return;
  isolate_->engine().leave();
  if (condemned_) condemn();
  close();
}

// False where the lease is over.
bool Lease::enter_isolate() {
  // A sandboxed process may have ended while nothing ran in it: the next one takes its place.
  constexpr int kTries = 2;
  for (int tries = 0; tries < kTries; ++tries) {
    if (!ensure_isolate()) return false;
    isolate_->engine().enter();
    if (!isolate_->engine().lost()) return true;
    isolate_->engine().leave();
    condemn();
    start_.in_flight = false;
    start_.drops = false;
    if (tidy_) return false;
  }
  fail_next("no sandboxed process stays alive");
  return false;
}

// False where the lease is over: nothing to run in, or the worker is lost.
bool Lease::ensure_isolate() {
  const engine::IsolateOptions& wanted = start_.wanted;
  if (isolate_ != nullptr) {
    worker_.held.isolate = isolate_;
    if (isolate_->options() == wanted || start_.in_flight) return true;
    core_.unassign(*tenant_, isolate_, IsolateEnd::kReplaced);
    worker_.dispose(std::move(isolate_), tenant_->name, IsolateEnd::kReplaced);
    isolate_ = nullptr;
    if (tidy_) return false;
  }
  isolate_ = core_.take_spare(wanted);
  const bool spare = isolate_ != nullptr;
  if (!spare) {
    auto made = core_.create_isolate(wanted);
    if (!made.has_value()) {
      fail_next(made.error().message);
      return false;
    }
    isolate_ = std::move(made).value();
  }
  worker_.held.isolate = isolate_;
  core_.assign(*tenant_, isolate_);
  if (!spare) return true;
  isolate_->engine().enter();
  isolate_->assign(wanted);
  isolate_->engine().leave();
  return true;
}

// No isolate can be made: what waits must not wait for one for ever.
void Lease::fail_next(const std::string& message) {
  core_.settlement().internal_error(start_.wanted.sandboxed ? "sandbox" : "isolate", message);
  Step step = core_.next_step(*tenant_, 0, base::Nanoseconds(0), worker_.read_clock());
  if (step.load.done) {
    engine::LoadReport report;
    report.error = GuestError{"internal_error", message, ""};
    step.load.done(std::move(report));
  }
  if (step.invocation == nullptr) return;
  if (step.invocation->committing) {
    worker_.held.invocation = std::move(step.invocation);
    return end_commit(*worker_.held.invocation, step);
  }
  decide(*step.invocation,
         start_.wanted.sandboxed ? Outcome::kSandboxLost : Outcome::kInternalError, message);
  core_.settle(*step.invocation);
}

// False: the worker is lost.
bool Lease::run_entered() {
  if (start_.drops) drop_settled();
  if (!take_steps()) return false;
  if (tidy_ && !condemned_) tidy();
  if (worker_.is_lost()) return false;
  condemned_ = condemned_ || isolate_->engine().lost();
  use_.wants_idle_work = !condemned_ && isolate_->wanting_pool() != nullptr;
  return true;
}

bool Lease::take_steps() {
  isolate_->engine().reset_peaks();
  for (std::uint32_t steps = 0; !condemned_; ++steps) {
    Step step = core_.next_step(*tenant_, steps, worker_.now() - started_, worker_.now());
    if (step.empty()) return true;
    isolate_->used();
    take_step(std::move(step));
    if (worker_.is_lost()) return false;
  }
  return true;
}

// At most one context is prepared for each idle lease, so that a turn that came waits for no more.
void Lease::tidy() {
  if (start_.calm && !isolate_->calm()) isolate_->calm_down();
  ContextPool* pool = isolate_->wanting_pool();
  if (pool == nullptr) return isolate_->engine().run_idle_work();
  const auto extension = pool->extension();
  if (extension == nullptr) return;
  LoadedContext* loaded = nullptr;
  load_context(extension, *pool, base::TimePoint::max(), false, loaded);
}

void Lease::drop_settled() {
  for (auto& invocation : core_.take_drops(*tenant_)) isolate_->end_activation(*invocation, true);
}

void Lease::take_step(Step step) {
  if (step.load.done) return load_for_install(std::move(step.load));
  // The worker's reference keeps it from here on, even if the worker is lost.
  worker_.held.invocation = std::move(step.invocation);
  Invocation& invocation = *worker_.held.invocation;
  // Afresh: what the host did in the completion before is not this tenant's time.
  worker_.read_clock();
  if (invocation.committing) {
    end_commit(invocation, step);
  } else if (!step.first_turn || begin(invocation, step.admission)) {
    run_turn(invocation, step);
  }
  if (!worker_.is_lost()) worker_.held.invocation.reset();
}

void Lease::load_for_install(runtime::LoadRequest load) {
  worker_.held.load = load;
  ContextPool& pool = isolate_->pool(load.extension, core_.options().warm_contexts);
  LoadedContext* loaded = nullptr;
  engine::LoadReport report =
      load_context(load.extension, pool, base::TimePoint::max(), false, loaded);
  if (worker_.is_lost()) return;
  worker_.held.load = {};
  if (!report.ok && report.outcome == Outcome::kExceededCpu)
    report.outcome = Outcome::kCompileError;
  load.done(std::move(report));
}

// Everything before the first turn. False: it was settled instead, or the worker is lost.
bool Lease::begin(Invocation& invocation, const Admission& admission) {
  // The process may have stood still since the clock was read, and others gone on.
  if (invocation.request.start_by != base::TimePoint::max()) worker_.read_clock();
  if (invocation.stop_requested.load(std::memory_order_relaxed)) {
    decide(invocation, Outcome::kCanceled, "the caller canceled it while it waited");
  } else if (worker_.now() >= invocation.expires) {
    decide(invocation, Outcome::kExpired, "its deadline passed while it waited");
  } else if (admission.refusal != Outcome::kOk) {
    decide(invocation, admission.refusal, admission.message);
  } else if ((invocation.context = ready_context(invocation)) != nullptr) {
    invocation.activation = isolate_->next_activation();
    open_session(invocation);
    return true;
  }
  if (!worker_.is_lost()) core_.settle(invocation);
  return false;
}

// Null: the outcome is decided, or the worker is lost.
LoadedContext* Lease::ready_context(Invocation& invocation) {
  const auto& extension = invocation.request.extension;
  ContextPool& pool = isolate_->pool(extension, core_.options().warm_contexts);
  if (LoadedContext* ready = pool.take()) return ready;
  invocation.usage.cold = true;
  LoadedContext* loaded = nullptr;
  engine::LoadReport report = load_context(extension, pool, invocation.deadline, true, loaded);
  if (worker_.is_lost() || loaded != nullptr) return loaded;
  if (report.outcome == Outcome::kExceededWallTime) {
    decide(invocation, Outcome::kExpired, "its deadline passed while its context was loaded");
  } else {
    if (report.outcome == Outcome::kExceededCpu) {
      invocation.usage.limits_exceeded |= static_cast<LimitSet>(Limit::kStartup);
    }
    decide(invocation, report.outcome, std::move(report.error));
  }
  return nullptr;
}

engine::LoadReport Lease::load_context(
    const std::shared_ptr<const runtime::ActiveExtension>& extension, ContextPool& pool,
    base::TimePoint deadline, bool taken, LoadedContext*& loaded) {
  engine::Isolate& isolate = isolate_->engine();
  std::unique_ptr<engine::Context> context = isolate_->new_context(extension->program->realm);
  if (context == nullptr) {
    engine::LoadReport none;
    none.error = GuestError{"internal_error", "no context could be made", ""};
    pool.preparing_failed();
    return none;
  }
  worker_.read_clock();
  const Limits& limits = extension->limits;
  runtime::TurnLimits turn;
  turn.terminator = &isolate.terminator();
  turn.elsewhere = isolate.clock_elsewhere();
  turn.cpu_now = cpu();
  turn.cpu_budget = limits.startup_cpu_time;
  turn.wall_deadline = bounded(deadline, limits.startup_cpu_time * kLoadPatience);
  if (contains(limits.dry_run, Limit::kStartup)) turn.dry_run = static_cast<LimitSet>(Limit::kCpu);
  runtime::LoadPort port;
  worker_.arm(turn, nullptr);
  engine::LoadReport report = context->load(extension->program, port);
  Verdict verdict;
  if (!worker_.disarm(verdict)) {
    // Its destructor needs the isolate whole, which a lost turn that came back still has.
    return report;
  }
  worker_.read_clock();
  use_.longest_turn = std::max(use_.longest_turn, cpu() - turn.cpu_now);
  if (contains(verdict.passed, Limit::kCpu) && verdict.ended == Verdict::Ended::kByItself) {
    if (worker_.held.invocation != nullptr) {
      worker_.held.invocation->usage.limits_exceeded |= static_cast<LimitSet>(Limit::kStartup);
    }
    core_.settlement().tell([&](Observer& observer) {
      observer.limit_reached(tenant_->name, Limit::kStartup, Enforcement::kDryRun);
    });
  }
  judge_load(limits, verdict, report);
  if (report.ok) {
    loaded = pool.add(std::move(context), taken);
  } else {
    pool.preparing_failed();
  }
  return report;
}

// What the limits say about top-level code that came back.
void Lease::judge_load(const Limits& limits, const Verdict& verdict, engine::LoadReport& report) {
  condemned_ = isolate_->engine().lost();
  if (isolate_->engine().exhausted()) {
    condemned_ = true;
    report.ok = false;
    report.outcome = Outcome::kExceededMemory;
    report.error = GuestError{"exceeded_memory", "top-level code reached Limits::heap", ""};
  } else if (verdict.ended != Verdict::Ended::kByItself) {
    report.ok = false;
    const bool cpu = verdict.ended == Verdict::Ended::kCpu;
    const bool canceled = verdict.ended == Verdict::Ended::kCanceled;
    report.outcome =
        cpu ? Outcome::kExceededCpu : (canceled ? Outcome::kCanceled : Outcome::kExceededWallTime);
    report.error =
        GuestError{std::string(to_string(report.outcome)),
                   cpu ? "top-level code used " + std::to_string(limits.startup_cpu_time.count()) +
                             " ms of CPU time (Limits::startup_cpu_time)"
                       : "top-level code was ended before it was through",
                   ""};
  }
}

// The heap limit was reached, or the isolate's process ended: whatever awaits in it ends with it.
// Not entered.
void Lease::condemn() {
  const bool exhausted = isolate_->engine().exhausted();
  const IsolateEnd end = exhausted ? IsolateEnd::kCondemned : IsolateEnd::kLost;
  charge_elsewhere();
  core_.unassign(*tenant_, isolate_, end);
  for (auto& other : core_.take_in_flight(*tenant_, nullptr)) {
    if (exhausted) {
      decide(*other, Outcome::kExceededMemory,
             "another invocation in its isolate reached Limits::heap");
    } else {
      decide(*other, Outcome::kSandboxLost, "its sandboxed process ended");
    }
    core_.settle(*other);
    isolate_->keep(std::move(other));
  }
  for (auto& dropped : core_.take_drops(*tenant_)) isolate_->keep(std::move(dropped));
  worker_.dispose(std::move(isolate_), tenant_->name, end);
  isolate_ = nullptr;
}

// A process that only sleeps uses up no CPU limit, and holds the worker that waits for it. So its
// turns end some time in any case, also where the wall limit is off or only reported.
base::TimePoint Lease::bounded(base::TimePoint deadline, base::Nanoseconds usual) {
  constexpr base::Nanoseconds kLeast = std::chrono::seconds(10);
  if (isolate_->engine().clock_elsewhere() == 0) return deadline;
  return std::min(deadline, worker_.now() + std::max(kLeast, usual));
}

void Lease::charge_elsewhere() {
  if (isolate_ == nullptr) return;
  const base::Nanoseconds reading = isolate_->engine().cpu_time_elsewhere();
  use_.cpu += reading - std::exchange(isolate_->charged_elsewhere, reading);
}

base::Nanoseconds Lease::cpu() {
  const base::Nanoseconds elsewhere =
      isolate_ == nullptr ? base::Nanoseconds(0) : isolate_->engine().cpu_time_elsewhere();
  return worker_.cpu() + elsewhere;
}

void Lease::close() {
  constexpr base::Nanoseconds kLong = std::chrono::milliseconds(10);
  if (use_.longest_turn >= kLong) worker_.after_long_turn();
  worker_.read_clock();
  use_.now = worker_.now();
  charge_elsewhere();
  use_.cpu += worker_.cpu() - cpu_started_;
  worker_.held = {};
  isolate_.reset();
  core_.end_lease(tenant_, use_);
}

}  // namespace sublet::dispatch
