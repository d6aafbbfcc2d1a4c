// SPDX-License-Identifier: Apache-2.0
#include "runtime/watch_slot.h"

#include <pthread.h>
#include <time.h>

#include <chrono>

namespace sublet::runtime {
namespace {

class ThreadCpuClock final : public CpuClock {
 public:
  ThreadCpuClock() noexcept : known_(pthread_getcpuclockid(pthread_self(), &id_) == 0) {}

  base::Nanoseconds read() const noexcept override {
    timespec t{};
    if (known_ && clock_gettime(id_, &t) == 0) {
      last_.store(t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec, std::memory_order_relaxed);
    }
    return base::Nanoseconds(last_.load(std::memory_order_relaxed));
  }

 private:
  clockid_t id_{};
  const bool known_;
  mutable std::atomic<std::int64_t> last_{0};
};

// What a state's word holds, from the lowest bit: phase, ended, passed, epoch.
constexpr int kEndedShift = 3;
constexpr int kPassedShift = 5;
constexpr int kEpochShift = 8;
constexpr LimitSet kWatched = Limit::kCpuSoft | Limit::kCpu | static_cast<LimitSet>(Limit::kWall);
static_assert(kWatched < (1u << (kEpochShift - kPassedShift)), "the passed limits need more bits");

}  // namespace

std::unique_ptr<CpuClock> calling_thread_cpu_clock() { return std::make_unique<ThreadCpuClock>(); }

std::uint64_t WatchSlot::State::word() const noexcept {
  return static_cast<std::uint64_t>(phase) | static_cast<std::uint64_t>(ended) << kEndedShift |
         static_cast<std::uint64_t>(passed & kWatched) << kPassedShift | epoch << kEpochShift;
}

WatchSlot::State WatchSlot::State::of(std::uint64_t word) noexcept {
  State state;
  state.phase = static_cast<Phase>(word & 7);
  state.ended = static_cast<Verdict::Ended>(word >> kEndedShift & 3);
  state.passed = static_cast<LimitSet>(word >> kPassedShift) & kWatched;
  state.epoch = word >> kEpochShift;
  return state;
}

base::Nanoseconds WatchSlot::cpu() const noexcept {
  const clockid_t elsewhere = elsewhere_.load(std::memory_order_acquire);
  base::Nanoseconds used = cpu_clock_->read();
  timespec t{};
  if (elsewhere != 0 && clock_gettime(elsewhere, &t) == 0) {
    used += std::chrono::seconds(t.tv_sec) + base::Nanoseconds(t.tv_nsec);
  }
  return used;
}

bool WatchSlot::replace(State& expected, const State& desired) noexcept {
  std::uint64_t word = expected.word();
  if (state_.compare_exchange_strong(word, desired.word(), std::memory_order_seq_cst)) return true;
  expected = State::of(word);
  return false;
}

void WatchSlot::reached(Epoch epoch, Limit limit) noexcept {
  State present = state();
  State marked;
  do {
    if (present.epoch != epoch || present.phase != Phase::kArmed) return;
    marked = present;
    marked.passed = marked.passed | limit;
  } while (!replace(present, marked));
}

void WatchSlot::resume_cpu(base::Nanoseconds spent) noexcept {
  constexpr std::int64_t kNone = base::Nanoseconds::max().count();
  for (std::atomic<std::int64_t>* limit : {&cpu_limit_, &soft_limit_}) {
    const std::int64_t present = limit->load(std::memory_order_relaxed);
    if (present < kNone - spent.count()) {
      limit->store(present + spent.count(), std::memory_order_release);
    }
  }
  paused_.store(false, std::memory_order_release);
}

}  // namespace sublet::runtime
