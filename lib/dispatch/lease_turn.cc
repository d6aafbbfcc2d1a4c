// SPDX-License-Identifier: Apache-2.0
// One turn of an invocation: what it may use, and what became of it.
#include <algorithm>
#include <string>
#include <utility>

#include "dispatch/lease.h"

namespace sublet::dispatch {

using runtime::LoadedContext;
using runtime::Verdict;

namespace {

// How many times Limits::wall_time a turn may take in a process of its own where that limit is only
// reported.
constexpr int kDryRunPatience = 10;

}  // namespace

void Lease::open_session(Invocation& invocation) {
  const auto& extension = *invocation.request.extension;
  const Limits& limits = extension.limits;
  invocation.first_turn = worker_.now();
  // The worker's reading of the clock may be a little older than the acceptance.
  invocation.usage.queue_time =
      std::max(base::Nanoseconds(0), invocation.first_turn - invocation.accepted);
  invocation.wall_deadline = invocation.deadline;
  if (limits.enforcement(Limit::kWall) == Enforcement::kEnforce) {
    invocation.wall_deadline =
        std::min(invocation.wall_deadline, invocation.first_turn + limits.wall_time);
  }
  hostcall::SessionSetup setup;
  setup.functions = core_.options().functions.get();
  setup.permitted = &extension.policy->host_functions;
  setup.limits = &limits;
  setup.timers = &core_.timers();
  setup.clock = &core_.clock();
  setup.on_fault = &core_.on_fault();
  setup.turn_cpu = &invocation;
  setup.isolate = &isolate_->engine();
  setup.key_value = extension.key_value;
  setup.requests = extension.requests;
  setup.events = extension.events;
  setup.causes = &invocation.request.causes;
  setup.sink = invocation.weak_from_this();
  setup.tenant = tenant_->name;
  setup.extension = extension.name;
  setup.event_id = invocation.request.event.id;
  setup.trace_parent = invocation.request.event.trace_parent;
  setup.trace_state = invocation.request.event.trace_state;
  setup.started = invocation.first_turn;
  setup.wall_deadline = invocation.wall_deadline;
  invocation.session.emplace(std::move(setup));
}

void Lease::run_turn(Invocation& invocation, Step& step) {
  const Limits& limits = invocation.request.extension->limits;
  engine::Isolate& isolate = isolate_->engine();
  Usage& usage = invocation.usage;
  runtime::TurnLimits turn;
  turn.terminator = &isolate.terminator();
  turn.elsewhere = isolate.clock_elsewhere();
  turn.cpu_now = cpu();
  turn.cpu_budget = std::max(base::Nanoseconds(1), limits.cpu_time - usage.cpu_time);
  if (limits.soft_cpu_time.count() > 0 && !invocation.warned) {
    turn.soft_cpu_budget = std::max(base::Nanoseconds(1), limits.soft_cpu_time - usage.cpu_time);
  }
  turn.wall_deadline = bounded(invocation.wall_deadline, limits.wall_time * kDryRunPatience);
  turn.dry_run = limits.dry_run & static_cast<LimitSet>(Limit::kCpu);
  invocation.slot = &worker_.slot();
  invocation.session->begin_turn(usage.cpu_time, turn.cpu_now);
  worker_.arm(turn, &invocation);
  engine::TurnReport report = enter_turn(invocation, step);
  Verdict verdict;
  if (!worker_.disarm(verdict)) return;
  worker_.read_clock();
  const base::Nanoseconds used = cpu() - turn.cpu_now;
  use_.longest_turn = std::max(use_.longest_turn, used);
  usage.cpu_time += std::max(base::Nanoseconds(0), used - invocation.session->host_cpu_of_turn());
  ++usage.turns;
  const engine::MemoryReading memory = isolate.memory();
  isolate.reset_peaks();
  usage.peak_heap = std::max(usage.peak_heap, memory.peak_heap);
  usage.peak_external = std::max(usage.peak_external, memory.peak_external);
  end_turn(invocation, verdict, report);
}

engine::TurnReport Lease::enter_turn(Invocation& invocation, Step& step) {
  engine::Context& context = *invocation.context->context;
  if (!step.first_turn) {
    if (std::exchange(invocation.warn_next, false)) context.warn(invocation.activation);
    return context.resume(invocation.activation, step.completions);
  }
  const Event& event = invocation.request.event;
  const auto& extension = *invocation.request.extension;
  engine::CallInput input;
  input.handler = invocation.request.handler;
  input.payload = event.payload;
  input.payload_ascii = invocation.request.payload_ascii;
  input.event = event.event;
  input.event_id = event.id;
  input.tenant = tenant_->name;
  input.extension = extension.name;
  input.attempt = event.attempt;
  input.result_limit = extension.limits.result;
  input.result_dry_run = contains(extension.limits.dry_run, Limit::kResult);
  return context.start(invocation.activation, input, *invocation.session);
}

void Lease::end_turn(Invocation& invocation, const Verdict& verdict, engine::TurnReport& report) {
  note_limits(invocation, verdict);
  const bool pending = report.status == engine::TurnReport::Status::kAwaiting;
  if (!decide_outcome(invocation, verdict, report)) {
    core_.begin_awaiting(std::move(worker_.held.invocation));
    return;
  }
  LoadedContext* context = invocation.context;
  const bool terminated = verdict.ended != Verdict::Ended::kByItself;
  if (terminated && context->shared && !condemned_) drop_context(context);
  if (terminated) context->doomed = true;
  if (!condemned_) isolate_->end_activation(invocation, pending || terminated);
  if (begin_commit(invocation)) {
    core_.begin_awaiting(std::move(worker_.held.invocation));
  } else {
    finish(invocation);
  }
}

// True: the answer comes as a completion.
bool Lease::begin_commit(Invocation& invocation) {
  if (invocation.outcome != Outcome::kOk) return false;
  const engine::HostCallStart start = invocation.session->commit();
  if (start.kind == engine::HostCallStart::Kind::kRefused) {
    decide(invocation, Outcome::kException, GuestError{"KeyValueError", start.text, ""});
  }
  invocation.commit = start.id;
  invocation.committing = start.kind == engine::HostCallStart::Kind::kPending;
  return invocation.committing;
}

// Whatever else the handler did not wait for may have come, too.
void Lease::end_commit(Invocation& invocation, const Step& step) {
  const auto found =
      std::find_if(step.completions.begin(), step.completions.end(),
                   [&](const auto& completion) { return completion.id == invocation.commit; });
  if (found == step.completions.end()) {
    return core_.begin_awaiting(std::move(worker_.held.invocation));
  }
  invocation.committing = false;
  if (!found->ok) {
    decide(invocation, Outcome::kException, GuestError{"KeyValueError", found->text, ""});
  }
  finish(invocation);
}

void Lease::finish(Invocation& invocation) {
  invocation.ended = worker_.now();
  core_.settle(invocation);
}

void Lease::note_limits(Invocation& invocation, const Verdict& verdict) {
  const Limits& limits = invocation.request.extension->limits;
  engine::Isolate& isolate = isolate_->engine();
  LimitSet passed = verdict.passed;
  if (isolate.take_heap_limit_passed()) passed = passed | Limit::kHeap;
  if (isolate.take_external_limit_passed()) passed = passed | Limit::kExternalMemory;
  if (passed == 0) return;
  const LimitSet fresh = passed & ~invocation.usage.limits_exceeded;
  invocation.usage.limits_exceeded |= passed;
  if (contains(fresh, Limit::kCpuSoft)) {
    invocation.warned = true;
    invocation.warn_next = true;
  }
  for (const Limit limit : {Limit::kCpuSoft, Limit::kCpu, Limit::kHeap, Limit::kExternalMemory}) {
    const Enforcement enforcement = limits.enforcement(limit);
    const bool told = limit == Limit::kCpuSoft || enforcement == Enforcement::kDryRun;
    if (!contains(fresh, limit) || !told) continue;
    core_.settlement().tell(
        [&](Observer& observer) { observer.limit_reached(tenant_->name, limit, enforcement); });
  }
}

// False: the invocation goes on, awaiting.
bool Lease::decide_outcome(Invocation& invocation, const Verdict& verdict,
                           engine::TurnReport& report) {
  const Limits& limits = invocation.request.extension->limits;
  condemned_ = isolate_->engine().lost();
  if (isolate_->engine().exhausted()) {
    condemned_ = true;
    invocation.usage.limits_exceeded |= static_cast<LimitSet>(Limit::kHeap);
    decide(invocation, Outcome::kExceededMemory,
           "the isolate's heap reached " + std::to_string(limits.heap.count >> 20) +
               " MiB (Limits::heap)");
    return true;
  }
  const bool awaiting = report.status == engine::TurnReport::Status::kAwaiting;
  const bool out_of_cpu = awaiting && invocation.usage.cpu_time >= limits.cpu_time &&
                          limits.enforcement(Limit::kCpu) == Enforcement::kEnforce;
  if (verdict.ended == Verdict::Ended::kCpu || out_of_cpu) {
    invocation.usage.limits_exceeded |= static_cast<LimitSet>(Limit::kCpu);
    decide(
        invocation, Outcome::kExceededCpu,
        "used " + std::to_string(limits.cpu_time.count()) + " ms of CPU time (Limits::cpu_time)");
    return true;
  }
  if (verdict.ended == Verdict::Ended::kCanceled ||
      (awaiting && (invocation.stop_requested.load() || core_.stopping()))) {
    decide(invocation, Outcome::kCanceled, "it was canceled while it ran");
    return true;
  }
  if (verdict.ended == Verdict::Ended::kWall ||
      (awaiting && worker_.now() >= invocation.wall_deadline)) {
    decide_wall_passed(invocation);
    return true;
  }
  if (awaiting && report.stalled && core_.nothing_came_in(invocation)) {
    decide(invocation, Outcome::kException,
           GuestError{"NeverSettled",
                      "the handler's promise can never settle: nothing is under way", ""});
    return true;
  }
  if (awaiting) return false;
  if (report.over_result_limit) {
    invocation.usage.limits_exceeded |= static_cast<LimitSet>(Limit::kResult);
  }
  Outcome outcome = report.outcome;
  if (outcome == Outcome::kException) {
    outcome = invocation.session->refused_for().value_or(outcome);
  }
  decide(invocation, outcome, std::move(report.error));
  invocation.json = std::move(report.json);
  return true;
}

// A turn was terminated in a context that others await in: what V8 had queued for them is gone.
void Lease::drop_context(const LoadedContext* context) {
  for (const auto& other : core_.take_in_flight(*tenant_, context)) {
    isolate_->end_activation(*other, true);
    decide(*other, Outcome::kCanceled,
           "it shared its context with an invocation that was ended for a limit");
    core_.settle(*other);
  }
}

}  // namespace sublet::dispatch
