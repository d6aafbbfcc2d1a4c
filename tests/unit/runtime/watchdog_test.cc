// SPDX-License-Identifier: Apache-2.0
#include "runtime/watchdog.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/manual_clock.h"
#include "support/manual_cpu_clock.h"

namespace sublet::runtime {
namespace {

using namespace std::chrono_literals;
using Ended = Verdict::Ended;

class CountingTerminator final : public engine::Terminator {
 public:
  void terminate() noexcept override { ++calls; }
  int calls = 0;
};

struct Lost {
  Epoch epoch;
  Verdict verdict;
};

// A watchdog without a thread, and one worker.
class Fixture {
 public:
  // Wall time passes in ticks; the worker computes for `share` of it.
  void pass(base::Nanoseconds time, bool computing) {
    for (base::Nanoseconds done{0}; done < time; done += 1ms) {
      clock.advance(1ms);
      if (computing) cpu->use(1ms);
      watchdog.tick_once(clock.now());
    }
  }

  TurnLimits limits() {
    TurnLimits limits;
    limits.terminator = &terminator;
    limits.cpu_now = cpu->read();
    return limits;
  }

  test::ManualClock clock;
  Watchdog watchdog{WatchdogOptions{.clock = &clock}};
  CountingTerminator terminator;
  std::vector<Lost> lost;
  test::ManualCpuClock* cpu = new test::ManualCpuClock;  // owned by the slot
  std::shared_ptr<WatchSlot> slot = watchdog.add_slot(std::unique_ptr<CpuClock>(cpu),
                                                      [this](Epoch epoch, const Verdict& verdict) {
                                                        lost.push_back({epoch, verdict});
                                                      });
};

TEST_CASE_FIXTURE(Fixture, "watchdog: a turn within its limits ends by itself") {
  TurnLimits turn = limits();
  turn.cpu_budget = 10ms;
  turn.wall_deadline = clock.now() + 20ms;
  watchdog.arm(*slot, turn);
  pass(9ms, true);
  const Verdict verdict = watchdog.disarm(*slot);
  CHECK(verdict.ended == Ended::kByItself);
  CHECK(verdict.passed == 0);
  CHECK_FALSE(verdict.lost);
  CHECK(terminator.calls == 0);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: CPU time is the worker's, not the wall's") {
  TurnLimits turn = limits();
  turn.cpu_budget = 10ms;
  watchdog.arm(*slot, turn);
  pass(500ms, false);
  CHECK(terminator.calls == 0);
  pass(9ms, true);
  CHECK(terminator.calls == 0);
  pass(1ms, true);
  CHECK(terminator.calls == 1);
  const Verdict verdict = watchdog.disarm(*slot);
  CHECK(verdict.ended == Ended::kCpu);
  CHECK(verdict.passed == static_cast<LimitSet>(Limit::kCpu));
}

TEST_CASE_FIXTURE(Fixture, "watchdog: the budget counts from the reading that arm() was given") {
  TurnLimits turn = limits();
  turn.cpu_budget = 10ms;
  cpu->use(8ms);  // between the worker's reading and the first look
  watchdog.arm(*slot, turn);
  pass(1ms, true);
  CHECK(terminator.calls == 0);
  pass(1ms, true);
  CHECK(terminator.calls == 1);
  watchdog.disarm(*slot);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: the wall deadline ends a turn that does not compute") {
  TurnLimits turn = limits();
  turn.cpu_budget = 10ms;
  turn.wall_deadline = clock.now() + 20ms;
  watchdog.arm(*slot, turn);
  pass(19ms, false);
  CHECK(terminator.calls == 0);
  pass(1ms, false);
  CHECK(terminator.calls == 1);
  CHECK(watchdog.disarm(*slot).ended == Ended::kWall);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: the next look comes no later than a limit can be reached") {
  TurnLimits turn = limits();
  turn.cpu_budget = 700us;
  watchdog.arm(*slot, turn);
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 700us);
  clock.advance(700us);
  cpu->use(300us);
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 400us);
  clock.advance(400us);
  cpu->use(399us);  // almost: looked at again, but not in a busy loop
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 100us);
  watchdog.disarm(*slot);

  turn.cpu_budget = base::Nanoseconds::max();
  turn.wall_deadline = clock.now() + 250us;
  watchdog.arm(*slot, turn);
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 250us);
  watchdog.disarm(*slot);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: the soft limit is told and ends nothing") {
  TurnLimits turn = limits();
  turn.soft_cpu_budget = 5ms;
  turn.cpu_budget = 10ms;
  watchdog.arm(*slot, turn);
  pass(6ms, true);
  CHECK(terminator.calls == 0);
  SUBCASE("alone") {
    const Verdict verdict = watchdog.disarm(*slot);
    CHECK(verdict.ended == Ended::kByItself);
    CHECK(verdict.passed == static_cast<LimitSet>(Limit::kCpuSoft));
  }
  SUBCASE("and then the hard one") {
    pass(5ms, true);
    const Verdict verdict = watchdog.disarm(*slot);
    CHECK(verdict.ended == Ended::kCpu);
    CHECK(verdict.passed == (Limit::kCpuSoft | Limit::kCpu));
  }
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a limit in dry run is reported and ends nothing") {
  TurnLimits turn = limits();
  turn.cpu_budget = 5ms;
  turn.wall_deadline = clock.now() + 10ms;
  turn.dry_run = Limit::kCpu | Limit::kWall;
  watchdog.arm(*slot, turn);
  pass(7ms, true);
  SUBCASE("CPU") {
    const Verdict verdict = watchdog.disarm(*slot);
    CHECK(verdict.ended == Ended::kByItself);
    CHECK(verdict.passed == static_cast<LimitSet>(Limit::kCpu));
  }
  SUBCASE("both") {
    pass(7ms, true);
    CHECK(watchdog.disarm(*slot).passed == (Limit::kCpu | Limit::kWall));
  }
  CHECK(terminator.calls == 0);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: one limit in dry run does not weaken the other") {
  TurnLimits turn = limits();
  turn.cpu_budget = 5ms;
  turn.wall_deadline = clock.now() + 10ms;
  turn.dry_run = static_cast<LimitSet>(Limit::kCpu);
  watchdog.arm(*slot, turn);
  pass(10ms, true);
  const Verdict verdict = watchdog.disarm(*slot);
  CHECK(verdict.ended == Ended::kWall);
  CHECK(verdict.passed == (Limit::kCpu | Limit::kWall));
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a late alarm never terminates the next turn") {
  TurnLimits turn = limits();
  turn.wall_deadline = clock.now() + 5ms;
  const Epoch first = watchdog.arm(*slot, turn);
  watchdog.tick_once(clock.now());
  CHECK(watchdog.disarm(*slot).ended == Ended::kByItself);

  turn.wall_deadline = clock.now() + 50ms;
  const Epoch second = watchdog.arm(*slot, turn);
  CHECK(second != first);
  pass(10ms, false);  // the first deadline passes
  CHECK_FALSE(watchdog.cancel_turn(*slot, first));
  CHECK(terminator.calls == 0);
  CHECK(watchdog.disarm(*slot).ended == Ended::kByItself);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a canceled turn is terminated once, for the first reason") {
  TurnLimits turn = limits();
  turn.wall_deadline = clock.now() + 5ms;
  const Epoch epoch = watchdog.arm(*slot, turn);
  CHECK(watchdog.cancel_turn(*slot, epoch));
  CHECK(terminator.calls == 1);
  CHECK_FALSE(watchdog.cancel_turn(*slot, epoch));
  pass(8ms, true);
  CHECK(terminator.calls == 1);
  const Verdict verdict = watchdog.disarm(*slot);
  CHECK(verdict.ended == Ended::kCanceled);
  CHECK(verdict.passed == 0);
  CHECK_FALSE(watchdog.cancel_turn(*slot, epoch));
  CHECK(terminator.calls == 1);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a turn that does not come back is terminated every 10 ms") {
  TurnLimits turn = limits();
  turn.wall_deadline = clock.now() + 1ms;
  watchdog.arm(*slot, turn);
  pass(1ms, true);
  CHECK(terminator.calls == 1);
  pass(9ms, true);
  CHECK(terminator.calls == 1);
  pass(1ms, true);
  CHECK(terminator.calls == 2);
  pass(20ms, true);
  CHECK(terminator.calls == 4);
  CHECK(watchdog.disarm(*slot).ended == Ended::kWall);
  pass(100ms, true);
  CHECK(terminator.calls == 4);
  CHECK(lost.empty());
}

TEST_CASE_FIXTURE(Fixture, "watchdog: after the grace a turn is lost, exactly once") {
  TurnLimits turn = limits();
  turn.cpu_budget = 5ms;
  const Epoch epoch = watchdog.arm(*slot, turn);
  pass(5ms, true);
  pass(49ms, true);
  CHECK(lost.empty());
  pass(1ms, true);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].epoch == epoch);
  CHECK(lost[0].verdict.ended == Ended::kCpu);
  CHECK(lost[0].verdict.lost);

  const int calls = terminator.calls;
  pass(500ms, true);
  CHECK(lost.size() == 1);
  CHECK(terminator.calls == calls);
  CHECK_FALSE(watchdog.cancel_turn(*slot, epoch));
  // The thread comes back after all: it learns that the turn is not its own any more.
  const Verdict verdict = watchdog.disarm(*slot);
  CHECK(verdict.lost);
  CHECK(verdict.ended == Ended::kCpu);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a thread that the machine did not run gets a longer grace") {
  TurnLimits turn = limits();
  turn.wall_deadline = clock.now() + 1ms;
  watchdog.arm(*slot, turn);
  pass(1ms, true);
  pass(249ms, false);
  CHECK(lost.empty());
  SUBCASE("until it ran for a while") {
    CHECK(watchdog.disarm(*slot).ended == Ended::kWall);
    CHECK(lost.empty());
  }
  SUBCASE("but not for ever: it may be blocked") {
    pass(1ms, false);
    CHECK(lost.size() == 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "watchdog: CPU time of the host's functions is not the tenant's") {
  TurnLimits turn = limits();
  turn.soft_cpu_budget = 5ms;
  turn.cpu_budget = 10ms;
  turn.wall_deadline = clock.now() + 100ms;
  watchdog.arm(*slot, turn);
  pass(4ms, true);
  slot->pause_cpu();
  pass(30ms, true);
  CHECK(terminator.calls == 0);
  slot->resume_cpu(30ms);
  SUBCASE("it moves both CPU limits") { CHECK(watchdog.disarm(*slot).passed == 0); }
  SUBCASE("what was left before is left after") {
    pass(5ms, true);
    CHECK(terminator.calls == 0);
    pass(2ms, true);
    CHECK(watchdog.disarm(*slot).ended == Ended::kCpu);
  }
  SUBCASE("the wall goes on") {
    slot->pause_cpu();
    pass(70ms, true);
    CHECK(watchdog.disarm(*slot).ended == Ended::kWall);
  }
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a lost worker's handler may add and remove slots") {
  std::shared_ptr<WatchSlot> doomed;
  std::shared_ptr<WatchSlot> replacement;
  doomed = watchdog.add_slot(std::make_unique<test::ManualCpuClock>(), [&](Epoch, const Verdict&) {
    watchdog.remove_slot(doomed);
    replacement = watchdog.add_slot(std::make_unique<test::ManualCpuClock>(), nullptr);
  });
  TurnLimits turn = limits();
  turn.wall_deadline = clock.now();
  watchdog.arm(*doomed, turn);
  pass(252ms, false);
  CHECK(replacement != nullptr);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: ticks go on for a while after the last turn, then stop") {
  CHECK(watchdog.tick_once(clock.now()) == base::TimePoint::max());
  watchdog.arm(*slot, limits());
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 1ms);
  watchdog.disarm(*slot);
  clock.advance(49ms);
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 1ms);
  clock.advance(1ms);
  CHECK(watchdog.tick_once(clock.now()) == base::TimePoint::max());
  // A turn that came and went between two ticks counts too.
  watchdog.arm(*slot, limits());
  watchdog.disarm(*slot);
  CHECK(watchdog.tick_once(clock.now()) == clock.now() + 1ms);
}

TEST_CASE_FIXTURE(Fixture, "watchdog: deadlines are called in order, once, and not if canceled") {
  std::string calls;
  const base::TimePoint start = clock.now();
  watchdog.schedule(start + 20ms, [&] { calls += 'b'; });
  watchdog.schedule(start + 10ms, [&] { calls += 'a'; });
  const Deadline dropped = watchdog.schedule(start + 15ms, [&] { calls += 'x'; });
  const Deadline again = watchdog.schedule(start + 20ms, [&] {
    calls += 'c';
    watchdog.schedule(clock.now() + 5ms, [&] { calls += 'd'; });
  });
  CHECK(watchdog.tick_once(start) == start + 10ms);
  CHECK(watchdog.cancel(dropped));
  CHECK_FALSE(watchdog.cancel(dropped));
  clock.advance(10ms);
  CHECK(watchdog.tick_once(clock.now()) == start + 20ms);
  CHECK(calls == "a");
  clock.advance(10ms);
  CHECK(watchdog.tick_once(clock.now()) == start + 25ms);
  CHECK(calls == "abc");
  CHECK_FALSE(watchdog.cancel(again));
  CHECK_FALSE(watchdog.cancel(Deadline{}));
  clock.advance(5ms);
  CHECK(watchdog.tick_once(clock.now()) == base::TimePoint::max());
  CHECK(calls == "abcd");
}

TEST_CASE_FIXTURE(Fixture, "watchdog: a callback that throws does not stop the others") {
  bool called = false;
  watchdog.schedule(clock.now(), [] { throw 1; });
  watchdog.schedule(clock.now(), [&] { called = true; });
  watchdog.tick_once(clock.now());
  CHECK(called);
}

}  // namespace
}  // namespace sublet::runtime
