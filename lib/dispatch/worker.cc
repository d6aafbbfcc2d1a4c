// SPDX-License-Identifier: Apache-2.0
#include "dispatch/worker.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "base/own_thread.h"
#include "base/thread_stack.h"
#include "dispatch/lease.h"

namespace sublet::dispatch {

namespace {

// JavaScript may use up to 1 MiB of it (Limits::stack), V8's own frames and the host's synchronous
// functions the rest: V8's compiler of regular expressions takes some 100 bytes for each level of a
// pattern, which may have as many as 2 MiB of source hold. Only touched pages count.
constexpr std::size_t kStackSize = std::size_t{64} << 20;
// What is given back below it after a long turn.
constexpr std::size_t kUsualStack = std::size_t{1} << 20;

// Readings of the thread's CPU clock are carried forward by wall time for this long.
constexpr base::Nanoseconds kCpuTrust = std::chrono::microseconds(50);

thread_local Worker* current_worker = nullptr;

}  // namespace

Worker::Worker(std::shared_ptr<Core> core)
    : core_(std::move(core)), meter_(core_->clock(), kCpuTrust) {}

Result<void> Worker::start() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  // Signals are the host's: its handlers don't run on a thread that runs tenants' code. A
  // profiler's signal and the ones that the thread causes itself cannot be kept away.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPROF})
    sigdelset(&blocked, own);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  auto* argument = new std::shared_ptr<Worker>(shared_from_this());
  const int failed = pthread_create(&thread_, &attributes, &Worker::thread_main, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (failed == 0) return {};
  delete argument;
  return Error{ErrorCode::kInternal, "a worker thread could not be started"};
}

void* Worker::thread_main(void* argument) {
  auto* holder = static_cast<std::shared_ptr<Worker>*>(argument);
  const std::shared_ptr<Worker> worker = std::move(*holder);
  delete holder;
  base::mark_own_thread();
  pthread_setname_np(pthread_self(), "sublet-worker");
  current_worker = worker.get();
  worker->run();
  current_worker = nullptr;
  return nullptr;
}

void Worker::run() {
  self_ = pthread_self();
  cpu_clock_ = runtime::calling_thread_cpu_clock();
  slot_ = core_->watchdog().add_slot(
      runtime::calling_thread_cpu_clock(), [this](runtime::Epoch, const runtime::Verdict& verdict) {
        make_idle_class();
        const bool cpu = verdict.ended == runtime::Verdict::Ended::kCpu;
        const bool canceled = verdict.ended == runtime::Verdict::Ended::kCanceled;
        core_->abandon(*this,
                       canceled ? Outcome::kCanceled
                                : (cpu ? Outcome::kExceededCpu : Outcome::kExceededWallTime),
                       "the turn was terminated and did not come back");
      });
  for (;;) {
    Task task = core_->next_task(*this);
    if (task.kind == Task::Kind::kExit) break;
    do_task(task);
    if (lost_) return leave_lost();
  }
  core_->watchdog().remove_slot(slot_);
  core_->worker_ended(*this);
}

void Worker::do_task(Task& task) {
  read_clock();
  switch (task.kind) {
    case Task::Kind::kServe:
    case Task::Kind::kTidy: {
      Lease lease(*this, std::move(task.tenant), task.kind == Task::Kind::kTidy);
      lease.run();
      return;
    }
    case Task::Kind::kDispose:
      return dispose(std::move(task.isolate), task.name, task.end);
    case Task::Kind::kSpare:
      return make_spare();
    case Task::Kind::kSettle:
      for (const auto& invocation : task.settled) core_->settle(*invocation);
      return;
    case Task::Kind::kExit:
      return;
  }
}

void Worker::make_spare() {
  held.making_spare = true;
  auto made = core_->create_isolate(core_->options().isolate_options);
  std::shared_ptr<runtime::TenantIsolate> isolate;
  if (made.has_value()) {
    isolate = std::move(made).value();
    held.isolate = isolate;
    isolate->engine().enter();
    isolate->make_spare_context();
    isolate->engine().leave();
  }
  held = {};
  core_->add_spare(std::move(isolate));
}

void Worker::dispose(std::shared_ptr<runtime::TenantIsolate> isolate, std::string_view tenant,
                     IsolateEnd end) {
  held.isolate = isolate;
  const Bytes bytes = isolate->engine().memory().committed;
  const std::uint64_t id = isolate->id();
  isolate->engine().enter();
  isolate->clear();
  isolate->engine().leave();
  held.isolate.reset();
  isolate.reset();
  core_->disposed(tenant, id, end, bytes);
}

void Worker::arm(const runtime::TurnLimits& limits, runtime::Invocation* invocation) noexcept {
  turn_cpu_start_ = limits.cpu_now;
  armed_ = true;
  epoch_.store(core_->watchdog().arm(*slot_, limits), std::memory_order_release);
  running_.store(invocation, std::memory_order_seq_cst);
  const bool stopped = invocation != nullptr && invocation->stop_requested.load();
  if (stopped || core_->stopping()) {
    core_->watchdog().cancel_turn(*slot_, epoch_.load(std::memory_order_relaxed));
  }
}

bool Worker::disarm(runtime::Verdict& verdict) noexcept {
  verdict = core_->watchdog().disarm(*slot_);
  armed_ = false;
  lost_ = verdict.lost;
  if (lost_) return false;
  running_.store(nullptr, std::memory_order_release);
  return true;
}

void Worker::after_long_turn() noexcept { base::release_stack_below(kUsualStack); }

void Worker::cancel_turn(const runtime::Invocation* invocation) noexcept {
  // The epoch first: an invocation seen after it had this epoch, or a later one, which the worker
  // itself checks for a stop when it arms.
  const runtime::Epoch epoch = epoch_.load(std::memory_order_acquire);
  const runtime::Invocation* running = running_.load(std::memory_order_seq_cst);
  if (invocation != nullptr && running != invocation) return;
  if (epoch != 0) core_->watchdog().cancel_turn(*slot_, epoch);
}

base::Nanoseconds Worker::cpu_of_lost_turn() const noexcept {
  base::Nanoseconds used = cpu_clock_->read() - turn_cpu_start_;
  if (held.isolate != nullptr) used += held.isolate->engine().cpu_time_elsewhere();
  return std::max(base::Nanoseconds(0), used);
}

void Worker::make_idle_class() noexcept {
  sched_param parameters{};
  pthread_setschedparam(self_, SCHED_IDLE, &parameters);
}

void Worker::on_fatal(std::string_view reason) noexcept {
  if (current_worker != nullptr) current_worker->fatal(reason);
}

// The thread is parked by the engine when this returns.
void Worker::fatal(std::string_view reason) noexcept {
  if (lost_) return;
  runtime::Verdict verdict;
  if (armed_ && !disarm(verdict)) return;
  lost_ = true;
  core_->abandon(*this, Outcome::kExceededMemory, reason);
}

// The turn came back after all: the isolate can be disposed on this thread, which nothing else
// uses, and then the thread ends.
void Worker::leave_lost() {
  core_->await_abandoned(*this);
  if (held.isolate != nullptr) {
    held.isolate->clear();
    held.isolate->engine().leave();
  }
  core_->came_back(*this);
}

}  // namespace sublet::dispatch
