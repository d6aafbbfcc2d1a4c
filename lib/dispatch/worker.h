// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <atomic>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "dispatch/core.h"
#include "runtime/cpu_meter.h"
#include "runtime/watch_slot.h"
#include "sublet/result.h"

namespace sublet::dispatch {

// A thread that runs turns, and what it holds while it does.
//
// A worker is lost when a turn does not come back, or when V8 gave up on the isolate deep inside.
// From then on it touches nothing shared, whoever found it lost settles what it held, and another
// worker takes its place.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  // What a lease holds. Written by the worker between turns; read by whoever finds it lost.
  struct Held {
    std::shared_ptr<runtime::Tenant> tenant;
    std::shared_ptr<runtime::TenantIsolate> isolate;
    std::shared_ptr<runtime::Invocation> invocation;
    runtime::LoadRequest load;
    bool making_spare = false;
    bool tidying = false;
  };

  explicit Worker(std::shared_ptr<Core> core);

  Result<void> start();
  void join() { pthread_join(thread_, nullptr); }
  void detach() { pthread_detach(thread_); }

  // What engines are made with: finds the worker of the calling thread.
  static void on_fatal(std::string_view reason) noexcept;

  // -- on its own thread -----------------------------------------------------------------------
  void arm(const runtime::TurnLimits& limits, runtime::Invocation* invocation) noexcept;
  // False: the worker is lost.
  bool disarm(runtime::Verdict& verdict) noexcept;
  bool is_lost() const noexcept { return lost_; }
  // Gives back what deep code left of the stack.
  void after_long_turn() noexcept;
  base::TimePoint read_clock() noexcept { return now_ = core_->clock().now(); }
  base::TimePoint now() const noexcept { return now_; }
  base::Nanoseconds cpu() noexcept { return meter_.at(now_); }
  runtime::WatchSlot& slot() noexcept { return *slot_; }
  const std::shared_ptr<runtime::WatchSlot>& shared_slot() const noexcept { return slot_; }
  Core& core() noexcept { return *core_; }
  const std::shared_ptr<Core>& shared_core() const noexcept { return core_; }
  void dispose(std::shared_ptr<runtime::TenantIsolate> isolate, std::string_view tenant,
               IsolateEnd end);

  // -- any thread ------------------------------------------------------------------------------
  // Ends the turn if it is that invocation's; any invocation's where it is null.
  void cancel_turn(const runtime::Invocation* invocation) noexcept;
  // Whoever found the worker lost.
  base::Nanoseconds cpu_of_lost_turn() const noexcept;
  void make_idle_class() noexcept;

  Held held;

  // Guarded by the core's lock.
  bool abandon_done = false;  // what it held was settled
  bool ended = false;         // its thread touches nothing any more

 private:
  static void* thread_main(void* worker);
  void run();
  void do_task(Task& task);
  void make_spare();
  void leave_lost();
  void fatal(std::string_view reason) noexcept;

  const std::shared_ptr<Core> core_;
  pthread_t thread_{};  // of whoever joins
  pthread_t self_{};
  std::shared_ptr<runtime::WatchSlot> slot_;
  std::unique_ptr<runtime::CpuClock> cpu_clock_;
  runtime::CpuMeter meter_;
  base::TimePoint now_{};
  bool armed_ = false;
  bool lost_ = false;
  base::Nanoseconds turn_cpu_start_{0};
  // The turn that runs, for cancel_turn().
  std::atomic<runtime::Epoch> epoch_{0};
  std::atomic<const runtime::Invocation*> running_{nullptr};
};

}  // namespace sublet::dispatch
