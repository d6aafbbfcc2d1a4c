// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "engine/engine.h"
#include "sublet/limits.h"

namespace sublet::runtime {

// Reads the CPU clock of one worker thread; called from the watchdog's thread.
class CpuClock {
 public:
  virtual ~CpuClock() = default;
  virtual base::Nanoseconds read() const noexcept = 0;
};

// The CPU clock of the calling thread, readable from others until that thread has ended (its last
// reading after that).
std::unique_ptr<CpuClock> calling_thread_cpu_clock();

// Names one armed turn of a slot; grows with every arm().
using Epoch = std::uint64_t;

// What one turn may use.
struct TurnLimits {
  engine::Terminator* terminator = nullptr;
  // engine::Isolate::clock_elsewhere(): what it shows counts beside the worker's own clock.
  clockid_t elsewhere = 0;
  // Both clocks together, just read.
  base::Nanoseconds cpu_now{0};
  // What remains of the invocation's CPU time; max() = no limit.
  base::Nanoseconds cpu_budget = base::Nanoseconds::max();
  // The same for the soft limit; 0 = off, or told already.
  base::Nanoseconds soft_cpu_budget{0};
  base::TimePoint wall_deadline = base::TimePoint::max();
  // Of kCpu and kWall: those that are only reported.
  LimitSet dry_run = 0;
};

// What became of one turn.
struct Verdict {
  enum class Ended : std::uint8_t { kByItself, kCpu, kWall, kCanceled };

  // Anything but kByItself: the turn was terminated, and the termination must be canceled before
  // the isolate runs again.
  Ended ended = Ended::kByItself;
  // kCpuSoft, kCpu, kWall: each one that was reached, dry run included.
  LimitSet passed = 0;
  // The turn was given up before it came back: SlotOptions::on_stuck has been called, or is being
  // called, and owns the invocation. The worker touches nothing more and ends its thread.
  bool lost = false;
};

// Called on the watchdog's thread, with no lock held, exactly once per lost turn. It must not
// block.
using StuckHandler = std::function<void(Epoch, const Verdict&)>;

// One worker's place at the watchdog. Made by Watchdog::add_slot(), armed and disarmed through the
// watchdog by that worker alone.
class alignas(64) WatchSlot {
 public:
  WatchSlot(std::unique_ptr<CpuClock> clock, StuckHandler on_stuck)
      : cpu_clock_(std::move(clock)), on_stuck_(std::move(on_stuck)) {}

  // On the worker, around a host function that it runs itself: the CPU time in between is the
  // host's, not the tenant's. `spent` is that time. The wall deadline goes on.
  void pause_cpu() noexcept { paused_.store(true, std::memory_order_release); }
  void resume_cpu(base::Nanoseconds spent) noexcept;

 private:
  friend class Watchdog;

  enum class Phase : std::uint8_t {
    kIdle,
    kArmed,
    kClaimed,     // somebody is calling terminate()
    kTerminated,  // terminate() was called; the turn has not come back yet
    kLost,
  };

  // All that is agreed on in one step, as one word.
  struct State {
    Phase phase = Phase::kIdle;
    Verdict::Ended ended = Verdict::Ended::kByItself;
    LimitSet passed = 0;
    Epoch epoch = 0;

    std::uint64_t word() const noexcept;
    static State of(std::uint64_t word) noexcept;
    Verdict verdict() const noexcept { return {ended, passed, phase == Phase::kLost}; }
  };

  State state() const noexcept { return State::of(state_.load(std::memory_order_seq_cst)); }
  // False, and `expected` is read anew, where the state is another one by now.
  bool replace(State& expected, const State& desired) noexcept;
  // What the turn's limits are measured in.
  base::Nanoseconds cpu() const noexcept;
  // Notes a limit that was reached but ends nothing.
  void reached(Epoch epoch, Limit limit) noexcept;

  // Written by the worker before the state, released one by one: a reader that sees a value of a
  // later turn also sees that the epoch it looked at is over, so its claim fails.
  std::atomic<std::uint64_t> state_{0};
  std::atomic<engine::Terminator*> terminator_{nullptr};
  std::atomic<clockid_t> elsewhere_{0};
  std::atomic<std::int64_t> cpu_limit_{0};  // absolute readings of the worker's CPU clock
  std::atomic<std::int64_t> soft_limit_{0};
  std::atomic<std::int64_t> wall_deadline_{0};
  std::atomic<std::uint32_t> dry_run_{0};
  std::atomic<bool> paused_{false};
  Epoch epoch_ = 0;  // of the worker's last arm()

  // Written by whoever holds the claim.
  alignas(64) std::atomic<std::int64_t> terminated_at_{0};
  std::atomic<std::int64_t> terminated_cpu_{0};
  std::atomic<std::int64_t> terminate_again_at_{0};
  // The watchdog's own.
  Epoch seen_epoch_ = 0;
  base::TimePoint next_cpu_look_{};

  const std::unique_ptr<CpuClock> cpu_clock_;
  const StuckHandler on_stuck_;
};

}  // namespace sublet::runtime
