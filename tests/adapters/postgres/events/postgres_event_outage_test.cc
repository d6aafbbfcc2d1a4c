// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/events/event_side.h"
#include "adapters/postgres/events/event_storm.h"

// The server goes and comes back while events are published and worked on, by two processes.
namespace sublet {
namespace {

using Stop = test::PostgresServer::Stop;

void expect_exactly_once(EventStorm& storm) {
  REQUIRE(storm.drain());
  const EventStorm::Finding found = storm.check();
  CHECK(found.acknowledged > 0);
  CHECK(found.lost == 0);
  CHECK(found.ghosts == 0);
  CHECK(found.twice == 0);
  CHECK(found.disorder == 0);
  CHECK(found.unexpected == 0);
  MESSAGE("acknowledged ", found.acknowledged, ", completed ", found.completed);
}

std::vector<std::shared_ptr<EventQueue>> two_queues() {
  const PostgresEventQueueOptions options = fresh_event_options();
  return {open_queue(options), open_queue(options)};
}

void storm_through(Stop how) {
  EventStorm storm(two_queues(), 8, 4);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(storm.wait_for(100));
    the_server().stop(how);
    the_server().start();
    REQUIRE(storm.wait_for(100));
  }
  expect_exactly_once(storm);
}

}  // namespace

TEST_CASE("postgres events: a server that shuts down and starts again under load") {
  storm_through(Stop::kFast);
}

TEST_CASE("postgres events: a server that leaves without a word under load") {
  storm_through(Stop::kImmediate);
}

TEST_CASE("postgres events: sessions that are ended under load, in the middle of what they do") {
  EventStorm storm(two_queues(), 8, 4);
  for (int round = 0; round < 20; ++round) {
    REQUIRE(storm.wait_for(30));
    superuser_sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'sublet'");
  }
  expect_exactly_once(storm);
}

TEST_CASE("postgres events: who watches is told to look at all when its session is lost") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  auto all = std::make_shared<std::atomic<int>>(0);
  queue->watch(
      [all](const std::vector<EventQueueName>& queues) { *all += queues.empty() ? 1 : 0; });
  const auto wait_for = [&](int times) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (*all < times && std::chrono::steady_clock::now() < end) {
      superuser_sql(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
          " WHERE application_name = 'sublet' AND query LIKE 'LISTEN%' AND state = 'idle'");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return *all >= times;
  };
  CHECK(wait_for(3));
  queue->watch(nullptr);
}

}  // namespace sublet
