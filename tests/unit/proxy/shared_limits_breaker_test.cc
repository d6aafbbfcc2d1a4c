// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/proxy/shared_limits_side.h"

namespace sublet::proxy {
namespace {

using Mood = MoodyStore::Mood;

const std::string kKey = "acme/https://api.example.com";

// Asks, lets the answer be read, and asks again.
std::optional<base::Nanoseconds> heard(World& world, StoreSharedLimits& limits,
                                       const std::string& key = kKey) {
  limits.open_elsewhere(key);
  world.timers.advance(milliseconds(500));
  return limits.open_elsewhere(key);
}

}  // namespace

TEST_CASE("shared limits: a breaker that opens is told to the others and not to itself") {
  World world;
  const auto one = world.process(), two = world.process(), three = world.process(seconds(-9));
  one->breaker_opened(kKey, seconds(5));
  CHECK_FALSE(one->open_elsewhere(kKey));
  CHECK_FALSE(two->open_elsewhere(kKey));
  CHECK_FALSE(three->open_elsewhere(kKey));
  world.timers.advance(milliseconds(500));
  CHECK_FALSE(one->open_elsewhere(kKey));
  CHECK(two->open_elsewhere(kKey) == base::Nanoseconds(milliseconds(4500)));
  CHECK(three->open_elsewhere(kKey));
  CHECK(*three->open_elsewhere(kKey) <= seconds(5));
  CHECK_FALSE(heard(world, *two, "acme/https://other.example.com"));
}

TEST_CASE("shared limits: a breaker that closes again is told, and one whose time is over ends") {
  World world;
  const auto one = world.process(), two = world.process();
  one->breaker_opened(kKey, seconds(60));
  CHECK(heard(world, *two));
  one->breaker_closed(kKey);
  CHECK_FALSE(heard(world, *two));
  CHECK(world.entries() == 0);
  one->breaker_opened(kKey, seconds(2));
  CHECK(heard(world, *two));
  world.timers.advance(seconds(2));
  CHECK_FALSE(two->open_elsewhere(kKey));
  CHECK(world.entries() == 1);
  world.timers.advance(seconds(62));
  CHECK(world.entries() == 0);
  one->breaker_opened(kKey, seconds(60));
  one->breaker_opened(kKey, {});
  CHECK(world.entries() == 0);
}

TEST_CASE(
    "shared limits: of two open breakers the longer one is told, and ends by its own process") {
  World world;
  const auto one = world.process(), two = world.process(), three = world.process();
  one->breaker_opened(kKey, seconds(60));
  two->breaker_opened(kKey, seconds(5));
  two->breaker_closed(kKey);
  CHECK(heard(world, *three) > seconds(50));
  CHECK(heard(world, *two) > seconds(50));
  two->breaker_opened(kKey, seconds(600));
  CHECK(heard(world, *three) > seconds(500));
  CHECK(heard(world, *one) > seconds(500));
}

TEST_CASE("shared limits: only what was asked for lately is read, in one call") {
  World world;
  const auto process = world.process();
  world.timers.advance(seconds(60));
  CHECK(world.store->gets == 0);
  for (int i = 0; i < 300; ++i) process->open_elsewhere("key" + std::to_string(i));
  world.timers.advance(milliseconds(20));
  CHECK(world.store->gets == 2);
  CHECK(world.store->keys_read == 300);
  world.timers.advance(milliseconds(500));
  CHECK(world.store->keys_read == 600);
  world.timers.advance(seconds(10));
  const std::size_t gets = world.store->gets;
  CHECK(gets <= 2 * 11);
  world.timers.advance(seconds(60));
  CHECK(world.store->gets == gets);
  CHECK(world.timers.waiting() == 0);
  // Asked for again and again, memory holds a bounded number.
  world.store->keys_read = 0;
  for (int i = 0; i < 10'000; ++i) process->open_elsewhere("more" + std::to_string(i));
  world.timers.advance(milliseconds(20));
  CHECK(world.store->keys_read == 4096);
}

TEST_CASE(
    "shared limits: a breaker that opened in an outage is told after it, if it is still open") {
  World world;
  const auto one = world.process(), two = world.process();
  world.store->mood = Mood::kFails;
  one->breaker_opened(kKey, seconds(60));
  one->breaker_opened("short", seconds(1));
  one->breaker_opened("closed", seconds(60));
  one->breaker_closed("closed");
  CHECK(world.faults.size() == 1);
  world.timers.advance(seconds(3));
  world.store->mood = Mood::kAtOnce;
  world.timers.advance(seconds(16));
  CHECK(heard(world, *two));
  CHECK_FALSE(heard(world, *two, "short"));
  CHECK_FALSE(heard(world, *two, "closed"));
}

TEST_CASE("shared limits: what was heard of a breaker holds through an outage") {
  World world;
  const auto one = world.process(), two = world.process();
  one->breaker_opened(kKey, seconds(10));
  CHECK(heard(world, *two));
  world.store->mood = Mood::kHolds;
  world.timers.advance(seconds(5));
  CHECK(world.faults.size() == 1);
  CHECK(two->open_elsewhere(kKey));
  world.timers.advance(seconds(5));
  CHECK_FALSE(two->open_elsewhere(kKey));
}

TEST_CASE("shared limits: many breakers that open at once are written in their turn") {
  World world;
  const auto one = world.process(), two = world.process();
  world.store->mood = Mood::kHolds;
  for (int i = 0; i < 200; ++i) one->breaker_opened("key" + std::to_string(i), seconds(60));
  CHECK(world.store->held() == 16);
  one->breaker_closed("key0");
  while (world.store->held() > 0) world.store->release();
  world.store->mood = Mood::kAtOnce;
  CHECK(world.entries() == 199);
  CHECK_FALSE(heard(world, *two, "key0"));
  CHECK(heard(world, *two, "key199"));
}

}  // namespace sublet::proxy
