// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/proxy/shared_limits_side.h"

namespace sublet::proxy {
namespace {

using Mood = MoodyStore::Mood;

const SharedBucket kBucket{"b", {10, seconds(1), 10}};

int admitted_of(StoreSharedLimits& limits, int calls) {
  int count = 0;
  for (int i = 0; i < calls; ++i) count += admitted(ask(limits, {kBucket}));
  return count;
}

}  // namespace

TEST_CASE("shared limits: while the store is away each process counts alone, and tells it once") {
  World world;
  const auto one = world.process(), two = world.process();
  world.store->mood = Mood::kFails;
  CHECK(admitted_of(*one, 20) == 10);
  CHECK(world.faults == std::vector<std::string>{"the store is away"});
  CHECK(admitted_of(*two, 20) == 10);
  CHECK(world.faults.size() == 2);
  const Answer refused = ask(*one, {kBucket});
  CHECK(refused->front().retry_after == milliseconds(100));
  int more = 0;
  for (int i = 0; i < 100; ++i) {
    world.timers.advance(milliseconds(100));
    more += admitted_of(*one, 3);
  }
  CHECK(more == 100);
  CHECK(world.faults.size() == 2);
}

TEST_CASE("shared limits: a store that is back is used again, asked ever less often meanwhile") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kFails;
  ask(*process, {kBucket});
  world.timers.advance(std::chrono::minutes(10));
  CHECK(world.store->commits < 60);
  world.store->mood = Mood::kAtOnce;
  world.timers.advance(seconds(16));
  const std::size_t commits = world.store->commits;
  CHECK(admitted(ask(*process, {kBucket})));
  CHECK(world.store->commits == commits + 1);
  world.store->mood = Mood::kFails;
  world.timers.advance(seconds(2));
  CHECK(admitted(ask(*process, {kBucket})));
  CHECK(world.faults.size() == 2);
}

TEST_CASE("shared limits: what was used with the store counts when it goes away") {
  World world;
  const auto process = world.process();
  CHECK(admitted_of(*process, 7) == 7);
  world.store->mood = Mood::kFails;
  world.timers.advance(milliseconds(100));
  CHECK(admitted_of(*process, 20) <= 4);
}

TEST_CASE("shared limits: no call waits longer than the time limit") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kHolds;
  const Answer first = ask(*process, {kBucket});
  world.timers.advance(milliseconds(100));
  const Answer second = ask(*process, {kBucket});
  CHECK(world.store->commits == 1);
  CHECK(first->empty());
  CHECK(second->empty());
  world.timers.advance(milliseconds(25));
  CHECK(admitted(first));
  CHECK(admitted(second));
  CHECK(world.faults.size() == 1);
  CHECK(admitted(ask(*process, {kBucket})));
}

TEST_CASE("shared limits: a late answer changes nothing") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kHolds;
  const Answer answer = ask(*process, {kBucket});
  world.timers.advance(milliseconds(200));
  CHECK(answer->size() == 1);
  world.store->mood = Mood::kAtOnce;
  world.store->release();
  CHECK(answer->size() == 1);
  world.timers.advance(seconds(20));
  CHECK(admitted_of(*process, 20) == 10);
  CHECK(world.faults.size() == 1);
}

TEST_CASE("shared limits: probes that are never answered are few") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kHolds;
  ask(*process, {kBucket});
  world.timers.advance(std::chrono::hours(1));
  CHECK(world.store->held() <= 9);
  world.store->mood = Mood::kAtOnce;
  world.store->release();
  world.timers.advance(seconds(16));
  const std::size_t commits = world.store->commits;
  CHECK(admitted(ask(*process, {kBucket})));
  CHECK(world.store->commits == commits + 1);
}

TEST_CASE("shared limits: one commit at a time for a bucket, and it serves who waits") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kHolds;
  std::vector<Answer> answers;
  for (int i = 0; i < 9; ++i) answers.push_back(ask(*process, {kBucket}));
  CHECK(world.store->commits == 1);
  world.store->release();
  // The first commit was for one token, the second is for all others.
  CHECK(admitted(answers[0]));
  CHECK(world.store->commits == 2);
  world.store->release();
  for (const Answer& answer : answers) CHECK(admitted(answer));
  CHECK(world.store->commits == 2);
}

TEST_CASE("shared limits: those who wait are bounded, for one bucket and for all") {
  World world;
  const auto process = world.process();
  world.store->mood = Mood::kHolds;
  std::size_t refused = 0;
  for (int i = 0; i < 600; ++i) refused += ask(*process, {kBucket})->size();
  CHECK(refused == 600 - 512);
  for (int i = 0; i < 5000; ++i) {
    refused += ask(*process, {{"b" + std::to_string(i), kBucket.rate}})->size();
  }
  CHECK(refused == 5600 - 4096);
}

TEST_CASE("shared limits: buckets remembered are bounded, and one forgotten is still right") {
  World world;
  const auto process = world.process();
  const SharedBucket first{"first", {2, std::chrono::hours(1), 2}};
  CHECK(admitted(ask(*process, {first})));
  for (int i = 0; i < 20'000; ++i) {
    REQUIRE(admitted(ask(*process, {{"b" + std::to_string(i), kBucket.rate}})));
  }
  CHECK(admitted(ask(*process, {first})));
  CHECK_FALSE(admitted(ask(*process, {first})));
}

TEST_CASE("shared limits: whoever waits at the end is refused, and later answers find nobody") {
  World world;
  auto process = world.process();
  world.store->mood = Mood::kHolds;
  const Answer one = ask(*process, {kBucket});
  const Answer two = ask(*process, {kBucket});
  process->breaker_opened("acme/https://a", seconds(5));
  process->open_elsewhere("acme/https://a");
  world.timers.advance(milliseconds(30));
  process = nullptr;
  REQUIRE(one->size() == 1);
  REQUIRE(two->size() == 1);
  CHECK_FALSE(one->front().admitted);
  world.store->release();
  world.timers.advance(seconds(30));
  CHECK(one->size() == 1);
  CHECK(world.faults.empty());
  CHECK(world.timers.waiting() == 0);
}

TEST_CASE("shared limits: a callback may ask again") {
  World world;
  const auto process = world.process();
  int left = 10, count = 0;
  std::function<void(SharedLimits::Taken)> again = [&](SharedLimits::Taken taken) {
    count += taken.admitted;
    if (--left > 0) process->take({kBucket}, again);
  };
  process->take({kBucket}, again);
  CHECK(count == 10);
}

}  // namespace sublet::proxy
