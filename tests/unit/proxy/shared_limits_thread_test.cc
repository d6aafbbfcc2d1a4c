// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "unit/proxy/shared_limits_side.h"

namespace sublet::proxy {
namespace {

// Three processes, several threads in each, over one store that answers inside or on the thread
// that moves the clock.
struct Crowd {
  static constexpr int kThreads = 6;
  static constexpr int kCalls = 400;

  void use(StoreSharedLimits& process, int thread) {
    for (int i = 0; i < kCalls; ++i) {
      const SharedBucket own{"own" + std::to_string(i % 7), {1, std::chrono::hours(1), 100}};
      process.take({shared, own}, [this](SharedLimits::Taken taken) {
        admitted += taken.admitted;
        ++answered;
      });
      const std::string key = "key" + std::to_string((i + thread) % 5);
      if (i % 3 == 0) process.breaker_opened(key, seconds(5));
      if (i % 3 == 1) process.breaker_closed(key);
      process.open_elsewhere(key);
    }
  }

  const SharedBucket shared{"shared", {1, std::chrono::hours(1), 500}};
  std::atomic<int> admitted{0};
  std::atomic<int> answered{0};
};

}  // namespace

TEST_CASE("shared limits: threads of several processes together never exceed the burst") {
  test::ManualClock clock;
  test::ManualTimerService timers(clock);
  const auto store = std::make_shared<MemoryKeyValueStore>();
  Crowd crowd;
  std::array<std::unique_ptr<StoreSharedLimits>, 3> processes;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    StoreSharedLimitsSetup setup;
    setup.store = store;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [] { return KeyValueTime(seconds(1'700'000'000)); };
    setup.process = std::to_string(i);
    processes[i] = std::make_unique<StoreSharedLimits>(std::move(setup));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < Crowd::kThreads; ++i) {
    threads.emplace_back(
        [&, i] { crowd.use(*processes[static_cast<std::size_t>(i) % processes.size()], i); });
  }
  // Background reads run meanwhile; the clock stays within the time limits of calls.
  for (int i = 0; i < 50; ++i) timers.advance(milliseconds(1));
  for (std::thread& thread : threads) thread.join();
  CHECK(crowd.answered == Crowd::kThreads * Crowd::kCalls);
  CHECK(crowd.admitted <= 500);
  CHECK(crowd.admitted > 100);
}

}  // namespace sublet::proxy
