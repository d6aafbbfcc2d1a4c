// SPDX-License-Identifier: Apache-2.0
#include "runtime/watchdog.h"

#include <algorithm>

#include "base/check.h"
#include "base/thread_start.h"

namespace sublet::runtime {
namespace {

using base::Nanoseconds;
using base::TimePoint;
using Ended = Verdict::Ended;

// A turn about to reach its limit is not looked at more often than this.
constexpr Nanoseconds kClosestLook = std::chrono::microseconds(100);

// Saturates: "no limit" stays that.
std::int64_t sum(Nanoseconds base, Nanoseconds more) noexcept {
  return more > Nanoseconds::max() - base ? Nanoseconds::max().count() : (base + more).count();
}

TimePoint time_of(const std::atomic<std::int64_t>& field) noexcept {
  return TimePoint(Nanoseconds(field.load(std::memory_order_acquire)));
}

template <typename Function>
void call_guarded(const Function& function) noexcept {
  try {
    function();
  } catch (...) {
    base::report_failed_check(__FILE__, __LINE__, "a callback of the watchdog threw");
  }
}

}  // namespace

Watchdog::Watchdog(const WatchdogOptions& options) : options_(options) {}

Watchdog::~Watchdog() { stop(); }

std::shared_ptr<WatchSlot> Watchdog::add_slot(std::unique_ptr<CpuClock> clock,
                                              StuckHandler on_stuck) {
  auto slot = std::make_shared<WatchSlot>(std::move(clock), std::move(on_stuck));
  base::MutexLock lock(slots_mutex_);
  slots_.push_back(slot);
  return slot;
}

void Watchdog::remove_slot(const std::shared_ptr<WatchSlot>& slot) {
  base::MutexLock lock(slots_mutex_);
  std::erase(slots_, slot);
}

Epoch Watchdog::arm(WatchSlot& slot, const TurnLimits& limits) noexcept {
  constexpr auto kRelease = std::memory_order_release;
  const Epoch epoch = ++slot.epoch_;
  const bool soft = limits.soft_cpu_budget.count() > 0;
  slot.terminator_.store(limits.terminator, kRelease);
  slot.elsewhere_.store(limits.elsewhere, kRelease);
  slot.cpu_limit_.store(sum(limits.cpu_now, limits.cpu_budget), kRelease);
  slot.soft_limit_.store(sum(limits.cpu_now, soft ? limits.soft_cpu_budget : Nanoseconds::max()),
                         kRelease);
  slot.wall_deadline_.store(limits.wall_deadline.time_since_epoch().count(), kRelease);
  slot.dry_run_.store(limits.dry_run, kRelease);
  slot.paused_.store(false, kRelease);
  // In one order with dormant_: either this sees that the thread sleeps, or the thread, which looks
  // once more after it said so, sees the turn.
  slot.state_.store(WatchSlot::State{WatchSlot::Phase::kArmed, Ended::kByItself, 0, epoch}.word(),
                    std::memory_order_seq_cst);
  if (dormant_.load(std::memory_order_seq_cst)) wake();
  return epoch;
}

Verdict Watchdog::disarm(WatchSlot& slot) noexcept {
  using Phase = WatchSlot::Phase;
  constexpr int kSpins = 64;
  WatchSlot::State state = slot.state();
  for (int tries = 0;; ++tries) {
    if (state.phase == Phase::kIdle) return {};
    if (state.phase == Phase::kLost) return state.verdict();
    if (state.phase == Phase::kClaimed) {  // for as long as one terminate() takes
      if (tries >= kSpins) std::this_thread::yield();
      state = slot.state();
      continue;
    }
    const WatchSlot::State idle{Phase::kIdle, Ended::kByItself, 0, state.epoch};
    if (slot.replace(state, idle)) return state.verdict();
  }
}

bool Watchdog::cancel_turn(WatchSlot& slot, Epoch epoch) noexcept {
  return terminate(slot, epoch, Ended::kCanceled);
}

bool Watchdog::terminate(WatchSlot& slot, Epoch epoch, Ended why) noexcept {
  using Phase = WatchSlot::Phase;
  WatchSlot::State state = slot.state();
  WatchSlot::State claimed;
  do {
    const bool again = why == Ended::kByItself;  // for what it was terminated for before
    if (state.epoch != epoch) return false;
    if (state.phase != (again ? Phase::kTerminated : Phase::kArmed)) return false;
    claimed = state;
    claimed.phase = Phase::kClaimed;
    if (!again) claimed.ended = why;
    if (why == Ended::kCpu) claimed.passed = claimed.passed | Limit::kCpu;
    if (why == Ended::kWall) claimed.passed = claimed.passed | Limit::kWall;
  } while (!slot.replace(state, claimed));

  slot.terminator_.load(std::memory_order_acquire)->terminate();
  const Nanoseconds now = options_.clock->now().time_since_epoch();
  if (state.phase == Phase::kArmed) {
    slot.terminated_at_.store(now.count(), std::memory_order_release);
    slot.terminated_cpu_.store(slot.cpu().count(), std::memory_order_release);
  }
  slot.terminate_again_at_.store((now + options_.repeat).count(), std::memory_order_release);
  claimed.phase = Phase::kTerminated;
  slot.state_.store(claimed.word(), std::memory_order_seq_cst);
  return true;
}

TimePoint Watchdog::look_at_slots(TimePoint now) {
  TimePoint next = TimePoint::max();
  base::MutexLock lock(slots_mutex_);
  for (const auto& slot : slots_) next = std::min(next, look_at_slot(slot, now));
  return next;
}

TimePoint Watchdog::look_at_slot(const std::shared_ptr<WatchSlot>& slot, TimePoint now) {
  using Phase = WatchSlot::Phase;
  const WatchSlot::State state = slot->state();
  if (state.epoch != slot->seen_epoch_) {
    slot->seen_epoch_ = state.epoch;
    slot->next_cpu_look_ = now;
    last_turn_ = now;
  }
  if (state.phase == Phase::kIdle || state.phase == Phase::kLost) return TimePoint::max();
  last_turn_ = now;
  if (state.phase == Phase::kArmed) return look_at_running(*slot, state.epoch, now);
  if (state.phase == Phase::kTerminated) return look_at_terminated(slot, state.epoch, now);
  return now + options_.tick;  // claimed by cancel_turn()
}

TimePoint Watchdog::look_at_running(WatchSlot& slot, Epoch epoch, TimePoint now) {
  if (now >= slot.next_cpu_look_ && look_at_cpu(slot, epoch, now)) return now + options_.tick;
  const TimePoint wall = time_of(slot.wall_deadline_);
  if (now < wall) return std::min(wall, slot.next_cpu_look_);
  if (contains(slot.dry_run_.load(std::memory_order_acquire), Limit::kWall)) {
    slot.reached(epoch, Limit::kWall);
    return slot.next_cpu_look_;
  }
  terminate(slot, epoch, Ended::kWall);
  return now + options_.tick;
}

// True where it terminated the turn. The clock is read first: a host function that starts or ends
// meanwhile then only makes the limit later than it was.
bool Watchdog::look_at_cpu(WatchSlot& slot, Epoch epoch, TimePoint now) {
  const Nanoseconds used = slot.cpu();
  if (slot.paused_.load(std::memory_order_acquire)) {
    slot.next_cpu_look_ = now + options_.tick;
    return false;
  }
  const Nanoseconds soft(slot.soft_limit_.load(std::memory_order_acquire));
  const Nanoseconds hard(slot.cpu_limit_.load(std::memory_order_acquire));
  if (used >= soft) slot.reached(epoch, Limit::kCpuSoft);
  Nanoseconds remaining = Nanoseconds::max();
  if (used < soft) remaining = std::min(remaining, soft - used);
  if (used < hard) remaining = std::min(remaining, hard - used);
  if (used >= hard) {
    if (!contains(slot.dry_run_.load(std::memory_order_acquire), Limit::kCpu)) {
      return terminate(slot, epoch, Ended::kCpu);
    }
    slot.reached(epoch, Limit::kCpu);
  }
  // A thread uses at most as much CPU time as passes.
  const Nanoseconds wait = std::max(remaining, kClosestLook);
  slot.next_cpu_look_ = wait > TimePoint::max() - now ? TimePoint::max() : now + wait;
  return false;
}

TimePoint Watchdog::look_at_terminated(const std::shared_ptr<WatchSlot>& slot, Epoch epoch,
                                       TimePoint now) {
  if (!overdue(*slot, now)) {
    if (now >= time_of(slot->terminate_again_at_)) terminate(*slot, epoch, Ended::kByItself);
    return now + options_.tick;
  }
  WatchSlot::State state = slot->state();
  WatchSlot::State lost = state;
  lost.phase = WatchSlot::Phase::kLost;
  if (state.epoch != epoch || state.phase != WatchSlot::Phase::kTerminated) return now;
  if (!slot->replace(state, lost)) return now + options_.tick;
  stuck_.push_back({slot, epoch, lost.verdict()});
  return TimePoint::max();
}

bool Watchdog::overdue(const WatchSlot& slot, TimePoint now) const {
  const Nanoseconds elapsed = now - time_of(slot.terminated_at_);
  if (slot.elsewhere_.load(std::memory_order_acquire) != 0) {
    return elapsed >= options_.longest_grace_elsewhere;
  }
  if (elapsed < options_.grace) return false;
  if (elapsed >= options_.longest_grace) return true;
  const Nanoseconds before(slot.terminated_cpu_.load(std::memory_order_acquire));
  return slot.cpu() - before >= options_.grace_cpu;
}

Deadline Watchdog::schedule(TimePoint at, std::function<void()> callback) {
  bool is_earliest = false;
  const Deadline deadline = deadlines_.add(at, std::move(callback), is_earliest);
  if (!is_earliest) return deadline;
  base::MutexLock lock(sleep_mutex_);
  if (at < sleeps_until_) {
    woken_ = true;
    wake_up_.notify_one();
  }
  return deadline;
}

bool Watchdog::cancel(const Deadline& deadline) { return deadlines_.cancel(deadline); }

TimePoint Watchdog::tick_once(TimePoint now) {
  TimePoint next = look_at_slots(now);
  call_due(now);
  // Looked at from here on, even where nothing runs: the next turn then need not wake the thread.
  ticking_ = last_turn_ > TimePoint::min() && now - last_turn_ < options_.linger;
  if (ticking_) next = std::min(next, now + options_.tick);
  return std::min(next, deadlines_.earliest());
}

void Watchdog::call_due(TimePoint now) {
  for (const Stuck& stuck : stuck_) {
    call_guarded([&] { stuck.slot->on_stuck_(stuck.epoch, stuck.verdict); });
  }
  stuck_.clear();
  deadlines_.take_due(now, due_);
  for (const auto& callback : due_) call_guarded(callback);
  due_.clear();
}

bool Watchdog::start() {
  if (!thread_.joinable()) thread_ = base::start_thread("sublet-watchdog", [this] { run(); });
  return thread_.joinable();
}

void Watchdog::stop() {
  {
    base::MutexLock lock(sleep_mutex_);
    stopping_ = true;
    wake_up_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Watchdog::run() {
  base::use_exact_timers();
  while (!stopping()) sleep_until(tick_once(options_.clock->now()));
}

bool Watchdog::stopping() {
  base::MutexLock lock(sleep_mutex_);
  return stopping_;
}

void Watchdog::sleep_until(TimePoint at) {
  if (!ticking_) {
    dormant_.store(true, std::memory_order_seq_cst);
    if (any_armed()) at = TimePoint::min();
  }
  {
    base::MutexLock lock(sleep_mutex_);
    sleeps_until_ = at;
    while (!woken_ && !stopping_ && options_.clock->now() < at)
      wake_up_.wait_until(sleep_mutex_, at);
    woken_ = false;
    sleeps_until_ = TimePoint::max();
  }
  dormant_.store(false, std::memory_order_relaxed);
}

bool Watchdog::any_armed() {
  base::MutexLock lock(slots_mutex_);
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
    return slot->state().phase == WatchSlot::Phase::kArmed;
  });
}

void Watchdog::wake() noexcept {
  if (!dormant_.exchange(false, std::memory_order_seq_cst)) return;
  base::MutexLock lock(sleep_mutex_);
  woken_ = true;
  wake_up_.notify_one();
}

}  // namespace sublet::runtime
