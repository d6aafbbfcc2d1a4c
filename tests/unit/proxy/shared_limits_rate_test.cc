// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "unit/proxy/shared_limits_side.h"

namespace sublet::proxy {
namespace {

// Of what is allowed in a time; no token is as small.
constexpr double kRounding = 1e-6;

// Processes that ask for one bucket, each at its own speed, at random times.
struct Race {
  std::vector<double> asks_per_second;
  Rate rate;
  MoodyStore::Mood mood = MoodyStore::Mood::kLater;
  std::vector<milliseconds> clocks_off = {};
  milliseconds length = seconds(30);

  std::uint64_t admitted = 0;
  std::vector<std::uint64_t> by_process = {};
  double most_over = -1e9;  // admitted beyond burst and rate, at the worst moment
  std::size_t commits = 0;
  std::size_t unanswered = 0;

  double allowed(milliseconds after) const {
    const double burst = rate.burst == 0 ? rate.count : rate.burst;
    return burst + std::chrono::duration<double>(after) / rate.per * rate.count;
  }

  void run() {
    World world;
    world.store->mood = mood;
    std::vector<std::unique_ptr<StoreSharedLimits>> processes;
    for (std::size_t i = 0; i < asks_per_second.size(); ++i) {
      processes.push_back(world.process(clocks_off.empty() ? milliseconds(0) : clocks_off[i]));
    }
    by_process.assign(processes.size(), 0);
    std::mt19937 random(42);
    for (milliseconds after{0}; after < length; ++after) {
      for (std::size_t i = 0; i < processes.size(); ++i) {
        std::poisson_distribution<int> asks(asks_per_second[i] / 1000);
        for (int n = asks(random); n > 0; --n) ask_of(*processes[i], i);
      }
      most_over = std::max(most_over, static_cast<double>(admitted) - allowed(after));
      world.timers.advance(milliseconds(1));
    }
    world.timers.advance(seconds(1));
    CHECK(world.faults.empty());
    commits = world.store->commits;
  }

  void ask_of(StoreSharedLimits& process, std::size_t i) {
    ++unanswered;
    process.take({{"rate/tenant/acme", rate}}, [this, i](SharedLimits::Taken taken) {
      --unanswered;
      admitted += taken.admitted;
      by_process[i] += taken.admitted;
      if (!taken.admitted) {
        CHECK(taken.refused == 0);
        CHECK(taken.retry_after.count() > 0);
      }
    });
  }
};

// Admitted of what is allowed after the first burst.
double share_of_rate(const Race& race) {
  return static_cast<double>(race.admitted) / race.allowed(race.length);
}

}  // namespace

TEST_CASE("shared limits: one process alone uses its rate") {
  for (const Rate& rate : {Rate{100, seconds(1), 100}, Rate{1000, seconds(1), 50},
                           Rate{20, seconds(1), 1}, Rate{5, seconds(1), 40}}) {
    for (const auto mood : {MoodyStore::Mood::kAtOnce, MoodyStore::Mood::kLater}) {
      CAPTURE(rate.count);
      Race race{{rate.count * 20.0}, rate, mood};
      race.run();
      CHECK(race.most_over < kRounding);
      CHECK(share_of_rate(race) > 0.9);
      CHECK(race.unanswered == 0);
    }
  }
}

TEST_CASE("shared limits: a process well below its rate is never refused, in few commits") {
  Race race{{200}, {400, seconds(1), 400}, MoodyStore::Mood::kLater};
  race.run();
  CHECK(race.admitted > 5500);
  CHECK(race.admitted == race.by_process[0]);
  CHECK(race.commits * 8 < race.admitted);
}

TEST_CASE("shared limits: an empty bucket is not asked for with each request") {
  Race race{{10'000}, {1000, seconds(1), 1000}, MoodyStore::Mood::kAtOnce};
  race.run();
  CHECK(race.commits < 30 * 110);
  CHECK(share_of_rate(race) > 0.9);
}

TEST_CASE("shared limits: two processes together never exceed the rate") {
  for (const auto mood : {MoodyStore::Mood::kAtOnce, MoodyStore::Mood::kLater}) {
    for (const Rate& rate : {Rate{100, seconds(1), 100}, Rate{300, std::chrono::minutes(1), 10},
                             Rate{50, seconds(1), 3}}) {
      Race race{{150, 80}, rate, mood};
      race.run();
      CHECK(race.most_over < kRounding);
      CHECK(share_of_rate(race) > 0.9);
      CHECK(race.by_process[0] > race.admitted / 10);
      CHECK(race.by_process[1] > race.admitted / 10);
    }
  }
}

TEST_CASE("shared limits: three processes together never exceed the rate") {
  Race race{{400, 100, 30}, {200, seconds(1), 100}};
  race.run();
  CHECK(race.most_over < kRounding);
  CHECK(share_of_rate(race) > 0.9);
  CHECK(*std::min_element(race.by_process.begin(), race.by_process.end()) > 0);
}

TEST_CASE("shared limits: clocks that differ admit at most a burst more, once") {
  for (const milliseconds off :
       {milliseconds(300), milliseconds(seconds(7)), milliseconds(std::chrono::hours(50))}) {
    const Rate rate{50, seconds(1), 100};
    Race race{{100, 100}, rate, MoodyStore::Mood::kLater, {milliseconds(0), off}};
    race.run();
    CHECK(race.most_over <= 100);
    CHECK(race.by_process[0] > race.admitted / 5);
    CHECK(race.by_process[1] > race.admitted / 5);
    Race back{{100, 100}, rate, MoodyStore::Mood::kLater, {milliseconds(0), -off}};
    back.run();
    CHECK(back.most_over <= 100);
    CHECK(back.by_process[1] > back.admitted / 5);
  }
}

TEST_CASE("shared limits: a process that was ahead and is gone holds nobody up") {
  World world;
  const SharedBucket bucket{"b", {10, seconds(1), 10}};
  auto ahead = world.process(std::chrono::hours(1));
  for (int i = 0; i < 11; ++i) ask(*ahead, {bucket});
  ahead = nullptr;
  const auto other = world.process();
  const Answer refused = ask(*other, {bucket});
  REQUIRE(refused->size() == 1);
  CHECK_FALSE(refused->front().admitted);
  CHECK(refused->front().retry_after <= milliseconds(200));
  world.timers.advance(milliseconds(200));
  CHECK(admitted(ask(*other, {bucket})));
}

TEST_CASE("shared limits: of several buckets a call has a token of each or of none") {
  World world;
  const auto process = world.process();
  const SharedBucket wide{"wide", {4, std::chrono::hours(1), 7}};
  const SharedBucket narrow{"narrow", {2, std::chrono::hours(1), 2}};
  CHECK(admitted(ask(*process, {wide, narrow})));
  CHECK(admitted(ask(*process, {wide, narrow})));
  for (int i = 0; i < 5; ++i) {
    const Answer refused = ask(*process, {wide, narrow});
    REQUIRE(refused->size() == 1);
    CHECK_FALSE(refused->front().admitted);
    CHECK(refused->front().refused == 1);
    CHECK(refused->front().retry_after == std::chrono::minutes(30));
  }
  for (int i = 0; i < 5; ++i) CHECK(admitted(ask(*process, {wide})));
  CHECK_FALSE(admitted(ask(*process, {wide})));
}

TEST_CASE("shared limits: of a refused commit nothing is taken of the others' buckets") {
  World world;
  const auto one = world.process(), two = world.process();
  const SharedBucket wide{"wide", {4, std::chrono::hours(1), 4}};
  const SharedBucket narrow{"narrow", {1, std::chrono::hours(1), 1}};
  CHECK(admitted(ask(*one, {narrow})));
  CHECK(ask(*two, {wide, narrow})->front().refused == 1);
  for (int i = 0; i < 4; ++i) CHECK(admitted(ask(*one, {wide})));
  CHECK_FALSE(admitted(ask(*one, {wide})));
}

TEST_CASE("shared limits: a bucket that is named twice gives two tokens") {
  World world;
  const auto process = world.process();
  const SharedBucket bucket{"b", {5, std::chrono::hours(1), 5}};
  CHECK(admitted(ask(*process, {bucket, bucket})));
  CHECK(admitted(ask(*process, {bucket, bucket})));
  CHECK_FALSE(admitted(ask(*process, {bucket, bucket})));
  CHECK(admitted(ask(*process, {})));
}

TEST_CASE("shared limits: tokens that were not used within a second are lost, not kept") {
  World world;
  const auto one = world.process(), two = world.process();
  const SharedBucket bucket{"b", {1, std::chrono::hours(1), 80}};
  int taken = 0;
  // So that it takes ahead.
  for (int i = 0; i < 40; ++i) taken += admitted(ask(*one, {bucket}));
  CHECK(taken == 40);
  world.timers.advance(seconds(2));
  int of_two = 0;
  for (int i = 0; i < 80; ++i) of_two += admitted(ask(*two, {bucket}));
  CHECK(of_two <= 40);
  CHECK(of_two >= 30);
  CHECK_FALSE(admitted(ask(*one, {bucket})));
}

TEST_CASE("shared limits: entries of buckets expire") {
  World world;
  const auto process = world.process();
  ask(*process, {{"a", {10, seconds(1), 10}}, {"b", {10, seconds(1), 600}}});
  CHECK(world.entries() == 2);
  world.timers.advance(seconds(62));
  CHECK(world.entries() == 1);
  world.timers.advance(seconds(60));
  CHECK(world.entries() == 0);
}

}  // namespace sublet::proxy
