// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/postgres_test_side.h"
#include "adapters/postgres/storm.h"

// The server goes and comes back while calls are under way.
namespace sublet {
namespace {

using Stop = test::PostgresServer::Stop;

void expect_nothing_lost(const Storm& storm, KeyValueStore& store) {
  const Storm::Finding found = storm.check(store);
  CAPTURE(found.message);
  CHECK(found.lost == 0);
  CHECK(found.ghosts == 0);
  CHECK(found.unexpected == 0);
  MESSAGE("acknowledged ", found.acknowledged, ", not done ", found.not_done, ", unknown ",
          found.unknown);
}

void storm_through(Stop how) {
  test::PostgresServer& server = the_server();
  const auto store = open_store(fresh_options());
  Storm storm(store, 16);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(storm.wait_for(200));
    server.stop(how);
    server.start();
    REQUIRE(storm.wait_for(200));
  }
  REQUIRE(storm.stop());
  expect_nothing_lost(storm, *store);
}

}  // namespace

TEST_CASE("postgres: a server that shuts down and starts again under load") {
  storm_through(Stop::kFast);
}

TEST_CASE("postgres: a server that leaves without a word under load") {
  storm_through(Stop::kImmediate);
}

TEST_CASE("postgres: a server whose processes are ended by SIGKILL under load") {
  storm_through(Stop::kSigkill);
}

TEST_CASE("postgres: sessions that are ended under load, in the middle of what they do") {
  const auto store = open_store(fresh_options());
  Storm storm(store, 16);
  for (int round = 0; round < 20; ++round) {
    REQUIRE(storm.wait_for(50));
    superuser_sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'sublet'");
  }
  REQUIRE(storm.wait_for(50));
  REQUIRE(storm.stop());
  expect_nothing_lost(storm, *store);
}

TEST_CASE("postgres: while there is no server, calls wait for queue_timeout and no longer") {
  PostgresKeyValueOptions options = fresh_options();
  options.queue_timeout = std::chrono::milliseconds(100);
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  the_server().stop(Stop::kFast);
  Answer<KeyValueUsage> read;
  store->usage("t", read.callback());
  const auto answer = read.get();
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kUnavailable);
  const auto written = put(*store, "a", "2");
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().code == ErrorCode::kUnavailable);
  the_server().start();
  std::string value;
  for (int tries = 0; tries < 100 && value != "1"; ++tries) value = value_at(*store, "a");
  CHECK(value == "1");
}

TEST_CASE("postgres: calls that came while the server starts again are done") {
  PostgresKeyValueOptions options = fresh_options();
  options.queue_timeout = std::chrono::seconds(60);
  const auto store = open_store(options);
  the_server().stop(Stop::kImmediate);
  std::vector<Answer<KeyValueCommitted>> answers(20);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    store->commit(commit_of({put_of(std::to_string(i), "v")}, i % 2 == 0 ? "t" : "u"),
                  answers[i].callback());
  }
  the_server().start();
  for (auto& answer : answers) CHECK(answer.get().has_value());
}

TEST_CASE("postgres: a server that says nothing any more is given up") {
  PostgresKeyValueOptions options = fresh_options();
  options.statement_timeout = std::chrono::milliseconds(100);
  options.connect_timeout = std::chrono::milliseconds(300);
  options.queue_timeout = std::chrono::milliseconds(300);
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  the_server().freeze();
  Answer<KeyValueCommitted> write;
  store->commit(commit_of({put_of("a", "2")}), write.callback());
  Answer<KeyValueUsage> read;
  store->usage("t", read.callback());
  const auto written = write.get();
  const auto answer = read.get();
  the_server().thaw();
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().code == ErrorCode::kIndeterminate);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kUnavailable);
  bool there = false;
  for (int tries = 0; tries < 100 && !there; ++tries) there = put(*store, "b", "1").has_value();
  CHECK(there);
}

TEST_CASE("postgres: a store that ends while the server says nothing answers everything") {
  auto store = open_store(fresh_options());
  REQUIRE(put(*store, "a", "1").has_value());
  the_server().freeze();
  Answer<KeyValueCommitted> direct, planned;
  store->commit(commit_of({put_of("a", "2")}), direct.callback());
  store->commit(commit_of({increment_of("a")}, "u"), planned.callback());
  Answer<KeyValueUsage> read;
  store->usage("t", read.callback());
  store.reset();
  the_server().thaw();
  // Whether the thread had come to send it is open.
  CHECK_FALSE(direct.get().has_value());
  CHECK(planned.get().error().code == ErrorCode::kUnavailable);
  CHECK(read.get().error().code == ErrorCode::kUnavailable);
}

}  // namespace sublet
