// SPDX-License-Identifier: Apache-2.0
#include "runtime/uv_timer_thread.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>
#include <vector>

#include "support/manual_clock.h"

// Real timers: tests wait for what must happen and never for how long it took.
namespace sublet::runtime {
namespace {

using namespace std::chrono_literals;

TEST_CASE("timer thread: there is none before the first timer") {
  UvTimerThread timers;
  CHECK_FALSE(timers.started());
  CHECK_FALSE(timers.cancel(1));
  CHECK_FALSE(timers.started());
  CHECK(timers.schedule(1h, [] {}) != 0);
  CHECK(timers.started());
}

TEST_CASE("timer thread: a function runs on another thread, and not early") {
  UvTimerThread timers;
  std::promise<std::thread::id> done;
  const base::TimePoint start = base::system_clock().now();
  timers.schedule(3ms, [&] { done.set_value(std::this_thread::get_id()); });
  CHECK(done.get_future().get() != std::this_thread::get_id());
  CHECK(base::system_clock().now() - start >= 3ms);
}

TEST_CASE("timer thread: functions run in the order they are due") {
  test::ManualClock clock;
  UvTimerThread timers(clock);
  std::vector<int> order;
  std::promise<void> done;
  timers.schedule(0ms, [&] {  // nothing else runs meanwhile
    timers.schedule(6ms, [&] { done.set_value(); });
    timers.schedule(4ms, [&] { order.push_back(3); });
    timers.schedule(2ms, [&] { order.push_back(2); });
    timers.schedule(-1h, [&] { order.push_back(1); });
    clock.advance(6ms);
  });
  done.get_future().wait();
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("timer thread: a canceled function never runs") {
  test::ManualClock clock;
  UvTimerThread timers(clock);
  bool ran = false;
  const auto id = timers.schedule(2ms, [&] { ran = true; });
  CHECK(timers.cancel(id));
  CHECK_FALSE(timers.cancel(id));
  clock.advance(10ms);
  std::promise<void> later;
  timers.schedule(0ms, [&] { later.set_value(); });
  later.get_future().wait();
  CHECK_FALSE(ran);
}

TEST_CASE("timer thread: a function that runs cannot be canceled, and may schedule the next") {
  UvTimerThread timers;
  std::promise<bool> canceled_itself;
  std::promise<void> next;
  std::atomic<base::TimerService::TimerId> own{0};
  const auto id = timers.schedule(1ms, [&] {
    while (own.load() == 0) std::this_thread::yield();
    canceled_itself.set_value(timers.cancel(own.load()));
    timers.schedule(0ms, [&] { next.set_value(); });
  });
  own.store(id);
  CHECK_FALSE(canceled_itself.get_future().get());
  next.get_future().wait();
  CHECK_FALSE(timers.cancel(id));
}

TEST_CASE("timer thread: a function that throws does not stop the others") {
  UvTimerThread timers;
  std::promise<void> next;
  timers.schedule(0ms, [] { throw 1; });
  timers.schedule(1ms, [&] { next.set_value(); });
  next.get_future().wait();
  CHECK(timers.started());
}

TEST_CASE("timer thread: stop drops what waits and takes nothing more") {
  UvTimerThread timers;
  auto held = std::make_shared<int>(1);
  timers.schedule(1h, [held] {});
  CHECK(held.use_count() == 2);
  timers.stop();
  CHECK(held.use_count() == 1);
  CHECK(timers.schedule(0ms, [held] {}) == 0);
  CHECK(held.use_count() == 1);
  timers.stop();
}

TEST_CASE("timer thread: thousands of timers from several threads run or are canceled, once each") {
  constexpr int kThreads = 3;
  constexpr int kTimers = 3000;
  UvTimerThread timers;
  std::vector<std::atomic<int>> runs(kThreads * kTimers);
  std::atomic<int> canceled{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t) + 1);
      for (int i = 0; i < kTimers; ++i) {
        std::atomic<int>& run = runs[static_cast<std::size_t>(t * kTimers + i)];
        const auto id =
            timers.schedule(base::Nanoseconds(random() % 5'000'000), [&run] { run.fetch_add(1); });
        if (i % 3 != 0 || !timers.cancel(id)) continue;
        canceled.fetch_add(1);
        run.fetch_add(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::promise<void> last;
  timers.schedule(6ms, [&] { last.set_value(); });
  last.get_future().wait();
  int wrong = 0;
  for (const auto& run : runs) wrong += run.load() != 1;
  CHECK(wrong == 0);
  CHECK(canceled.load() > 0);
}

TEST_CASE("timer thread: stop while timers fire and are made") {
  for (int round = 0; round < 20; ++round) {
    UvTimerThread timers;
    std::atomic<bool> refused{false};
    timers.schedule(0ms, [] {});
    std::thread maker([&] {
      while (!refused.load()) refused.store(timers.schedule(0ms, [] {}) == 0);
    });
    timers.stop();
    maker.join();
    CHECK(refused.load());
  }
}

}  // namespace
}  // namespace sublet::runtime
