// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/shared/entries.h"
#include "proxy/shared/store_shared_limits.h"
#include "sublet/adapters/memory_key_value_store.h"
#include "support/forwarding_store.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

// What the tests of shared limits have in common.
namespace sublet::proxy {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A store that answers when it is told to.
class MoodyStore final : public ForwardingStore {
 public:
  enum class Mood { kAtOnce, kLater, kFails, kHolds };

  MoodyStore(std::shared_ptr<KeyValueStore> inner, base::TimerService& timers)
      : ForwardingStore(std::move(inner)), timers_(timers) {}

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    ++gets;
    keys_read += request.keys.size();
    act([this, request, done] { inner_->get(request, done); }, done);
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    ++commits;
    act([this, request, done] { inner_->commit(request, done); }, done);
  }

  // What was held is done now.
  void release() {
    for (const auto& call : std::exchange(held_, {})) call();
  }
  std::size_t held() const { return held_.size(); }

  Mood mood = Mood::kAtOnce;
  base::Nanoseconds latency = milliseconds(2);
  std::size_t commits = 0, gets = 0, keys_read = 0;

 private:
  template <typename Done>
  void act(std::function<void()> call, const Done& done) {
    switch (mood) {
      case Mood::kAtOnce:
        return call();
      case Mood::kLater:
        // The request on its way there, the answer on its way back.
        timers_.schedule(latency / 2, [this, call] { timers_.schedule(latency / 2, call); });
        return;
      case Mood::kFails:
        return done(Error{ErrorCode::kUnavailable, "the store is away"});
      case Mood::kHolds:
        held_.push_back(std::move(call));
        return;
    }
  }

  base::TimerService& timers_;
  std::vector<std::function<void()>> held_;
};

// Several processes over one store.
class World {
 public:
  World()
      : timers(clock),
        memory(std::make_shared<MemoryKeyValueStore>([this] { return wall(); })),
        store(std::make_shared<MoodyStore>(memory, timers)) {}

  KeyValueTime wall() const {
    return KeyValueTime(seconds(1'700'000'000)) +
           std::chrono::floor<milliseconds>(clock.now().time_since_epoch());
  }

  // A process whose wall clock is off by so much.
  std::unique_ptr<StoreSharedLimits> process(milliseconds off = milliseconds(0)) {
    StoreSharedLimitsSetup setup;
    setup.store = store;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this, off] { return wall() + off; };
    setup.process = "process " + std::to_string(++processes_);
    setup.fault = [this](std::string_view, std::string_view what) { faults.emplace_back(what); };
    return std::make_unique<StoreSharedLimits>(std::move(setup));
  }

  std::uint64_t entries() const {
    std::uint64_t keys = 0;
    memory->usage(std::string(kHostTenant), [&](auto usage) { keys = usage->keys; });
    return keys;
  }

  test::ManualClock clock;
  test::ManualTimerService timers;
  std::shared_ptr<MemoryKeyValueStore> memory;
  std::shared_ptr<MoodyStore> store;
  std::vector<std::string> faults;

 private:
  int processes_ = 0;
};

// The answer, once it has come.
using Answer = std::shared_ptr<std::vector<SharedLimits::Taken>>;

inline Answer ask(SharedLimits& limits, std::vector<SharedBucket> buckets) {
  auto answers = std::make_shared<std::vector<SharedLimits::Taken>>();
  limits.take(std::move(buckets),
              [answers](SharedLimits::Taken taken) { answers->push_back(taken); });
  return answers;
}

inline bool admitted(const Answer& answer) {
  return answer->size() == 1 && answer->front().admitted;
}

}  // namespace sublet::proxy
