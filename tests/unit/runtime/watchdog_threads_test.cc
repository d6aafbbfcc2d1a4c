// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>
#include <vector>

#include "runtime/watchdog.h"

// The watchdog with its own thread and real workers; made for ThreadSanitizer. Nothing here depends
// on how fast the machine is: a turn goes on until what it waits for happened.
namespace sublet::runtime {
namespace {

using namespace std::chrono_literals;
using Ended = Verdict::Ended;

// Remembers which turn was on when it was called. V8's terminates whatever runs then.
class RecordingTerminator final : public engine::Terminator {
 public:
  void terminate() noexcept override {
    if (!running.load()) strays.fetch_add(1);
    terminated.store(true);
  }
  std::atomic<bool> running{false};
  std::atomic<bool> terminated{false};
  std::atomic<int> strays{0};
};

struct Worker {
  Watchdog& watchdog;
  RecordingTerminator terminator;
  std::shared_ptr<WatchSlot> slot;
  std::atomic<Epoch> epoch{0};
  std::atomic<int> lost{0};
  int wrong = 0;

  explicit Worker(Watchdog& w) : watchdog(w) {}

  // Must be called on the worker's thread.
  void join_watchdog() {
    slot = watchdog.add_slot(calling_thread_cpu_clock(),
                             [this](Epoch, const Verdict&) { lost.fetch_add(1); });
  }

  Verdict turn(TurnLimits limits, int spins, bool until_terminated) {
    limits.terminator = &terminator;
    terminator.terminated.store(false);
    terminator.running.store(true);
    limits.cpu_now = base::system_clock().thread_cpu();
    epoch.store(watchdog.arm(*slot, limits));
    for (std::atomic<int> i = 0; i.load() < spins; ++i) {
    }
    while (until_terminated && !terminator.terminated.load()) {
    }
    const Verdict verdict = watchdog.disarm(*slot);
    terminator.running.store(false);
    // A turn was terminated exactly if its own verdict says so.
    if (terminator.terminated.load() != (verdict.ended != Ended::kByItself)) ++wrong;
    return verdict;
  }
};

TEST_CASE("watchdog threads: no termination outside the turn it is meant for") {
  constexpr int kTurns = 3000;
  Watchdog watchdog(WatchdogOptions{.tick = 50us, .grace = 10s, .longest_grace = 60s});
  REQUIRE(watchdog.start());
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < 2; ++i) workers.push_back(std::make_unique<Worker>(watchdog));
  std::vector<std::promise<void>> ready(workers.size());
  std::vector<std::future<void>> readies;
  for (auto& promise : ready) readies.push_back(promise.get_future());
  std::atomic<int> running{static_cast<int>(workers.size())};

  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    threads.emplace_back([&, i] {
      Worker& worker = *workers[i];
      worker.join_watchdog();
      ready[i].set_value();
      std::minstd_rand random(static_cast<unsigned>(i) + 1);
      for (int turn = 0; turn < kTurns; ++turn) {
        TurnLimits limits;
        limits.wall_deadline = base::system_clock().now() + base::Nanoseconds(random() % 200'000);
        if (turn % 3 == 0) limits.cpu_budget = base::Nanoseconds(random() % 50'000 + 1);
        worker.turn(limits, static_cast<int>(random() % 20'000), turn % 50 == 0);
      }
      watchdog.remove_slot(worker.slot);
      running.fetch_sub(1);
    });
  }
  for (auto& future : readies) future.wait();
  std::uint64_t canceled = 0;
  while (running.load() > 0) {
    for (auto& worker : workers) {
      if (watchdog.cancel_turn(*worker->slot, worker->epoch.load())) ++canceled;
    }
    std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  for (auto& worker : workers) {
    CHECK(worker->wrong == 0);
    CHECK(worker->terminator.strays.load() == 0);
    CHECK(worker->lost.load() == 0);
  }
  CHECK(canceled > 0);
}

TEST_CASE("watchdog threads: every turn is either disarmed by its worker or lost, never both") {
  // A grace this short makes the worker's return and the escalation race.
  Watchdog watchdog(WatchdogOptions{
      .tick = 20us, .repeat = 20us, .grace = 100us, .grace_cpu = 0ns, .longest_grace = 150us});
  REQUIRE(watchdog.start());
  int lost = 0;
  int returned = 0;
  std::thread([&] {
    std::minstd_rand random(7);
    for (int turn = 0; turn < 300; ++turn) {
      Worker worker(watchdog);
      worker.join_watchdog();
      TurnLimits limits;
      limits.cpu_budget = 0ns;
      const Verdict verdict = worker.turn(limits, static_cast<int>(random() % 100'000), true);
      (verdict.lost ? lost : returned)++;
      while (verdict.lost && worker.lost.load() == 0) std::this_thread::yield();
      watchdog.remove_slot(worker.slot);
      CHECK(worker.lost.load() == (verdict.lost ? 1 : 0));
      CHECK(worker.wrong == 0);
    }
  }).join();
  CHECK(lost + returned == 300);
}

TEST_CASE("watchdog threads: a turn that arms a sleeping watchdog is seen") {
  // Without lingering the thread sleeps after every turn, so each arm() has to wake it.
  Watchdog watchdog(WatchdogOptions{.longest_grace = 60s, .linger = 0ns});
  REQUIRE(watchdog.start());
  std::thread([&] {
    Worker worker(watchdog);
    worker.join_watchdog();
    for (int turn = 0; turn < 200; ++turn) {
      TurnLimits limits;
      limits.cpu_budget = 10us;
      CHECK(worker.turn(limits, 0, true).ended == Ended::kCpu);
    }
    watchdog.remove_slot(worker.slot);
  }).join();
}

TEST_CASE("watchdog threads: deadlines come from and go to any thread") {
  Watchdog watchdog;
  REQUIRE(watchdog.start());
  std::atomic<int> called{0};
  std::atomic<int> canceled{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      std::minstd_rand random(i + 1);
      for (int n = 0; n < 1000; ++n) {
        const auto at = base::system_clock().now() + base::Nanoseconds(random() % 2'000'000);
        const Deadline deadline = watchdog.schedule(at, [&called] { called.fetch_add(1); });
        if (n % 2 == 0 && watchdog.cancel(deadline)) canceled.fetch_add(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::promise<void> last;
  watchdog.schedule(base::system_clock().now() + 3ms, [&last] { last.set_value(); });
  last.get_future().wait();
  CHECK(called.load() + canceled.load() == 3000);
}

TEST_CASE("watchdog threads: a deadline earlier than the one slept for is on time") {
  Watchdog watchdog;
  REQUIRE(watchdog.start());
  const Deadline far = watchdog.schedule(base::system_clock().now() + 10h, [] {});
  std::promise<void> called;
  watchdog.schedule(base::system_clock().now() + 1ms, [&called] { called.set_value(); });
  called.get_future().wait();
  CHECK(watchdog.cancel(far));
  watchdog.stop();
  watchdog.stop();
}

TEST_CASE("watchdog threads: the clock of a thread is read from others") {
  std::unique_ptr<CpuClock> clock;
  base::Nanoseconds before{0};
  base::Nanoseconds after{0};
  std::thread([&] {
    clock = calling_thread_cpu_clock();
    before = base::system_clock().thread_cpu();
    base::Nanoseconds seen{0};
    std::thread([&] { seen = clock->read(); }).join();
    after = base::system_clock().thread_cpu();
    CHECK(seen >= before);
    CHECK(seen <= after);
  }).join();
  CHECK(clock->read() >= before);  // its last reading
}

}  // namespace
}  // namespace sublet::runtime
