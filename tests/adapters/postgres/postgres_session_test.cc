// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/postgres_test_side.h"

// What other sessions and the server's limits do to calls.
namespace sublet {

TEST_CASE("postgres: a commit that waits for a lock longer than statement_timeout is not done") {
  PostgresKeyValueOptions options = fresh_options();
  options.statement_timeout = std::chrono::milliseconds(200);
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  {
    const Holder holder(options, "t");
    for (const KeyValueWrite& write : {put_of("a", "2"), increment_of("a")}) {
      const auto answer = commit(*store, commit_of({write}));
      REQUIRE_FALSE(answer.has_value());
      CHECK(answer.error().code == ErrorCode::kUnavailable);
    }
    // Others are not held up for good, and reads wait for no lock.
    CHECK(put(*store, "a", "1", "other").has_value());
    CHECK(value_at(*store, "a") == "1");
  }
  CHECK(commit(*store, commit_of({increment_of("a")})).has_value());
  CHECK(value_at(*store, "a") == "2");
}

TEST_CASE("postgres: one more call than max_queue is refused at once") {
  PostgresKeyValueOptions options = fresh_options();
  options.connections = 1;
  options.pipeline = 1;
  options.max_queue = 3;
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  std::vector<Answer<KeyValueCommitted>> answers(6);
  {
    const Holder holder(options, "t");
    std::size_t refused = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      store->commit(commit_of({put_of(std::to_string(i), "v")}), answers[i].callback());
      refused += answers[i].is_there();
    }
    // Some may be on their way to the server or not yet.
    CHECK(refused >= 1);
    CHECK(refused <= 3);
  }
  std::size_t done = 0;
  for (auto& answer : answers) {
    const auto result = answer.get();
    done += result.has_value();
    if (!result) CHECK(result.error().code == ErrorCode::kResourceExhausted);
  }
  CHECK(done >= 3);
}

TEST_CASE("postgres: a server that takes no more sessions is made do with") {
  const std::string role = "limited";
  superuser_sql("CREATE ROLE limited LOGIN CONNECTION LIMIT 2");
  superuser_sql("GRANT CREATE ON DATABASE sublet TO limited");
  PostgresKeyValueOptions options = fresh_options(role);
  options.connections = 8;
  options.pipeline = 1;
  const auto store = open_store(options);
  std::vector<Answer<KeyValueCommitted>> answers(200);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    store->commit(commit_of({put_of("a", "v")}, std::to_string(i)), answers[i].callback());
  }
  for (auto& answer : answers) CHECK(answer.get().has_value());
}

TEST_CASE("postgres: tables that vanished are told, and found when they are there again") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  superuser_sql("ALTER TABLE " + options.schema + ".kv_entries RENAME TO hidden");
  const auto answer = usage(*store);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kFailedPrecondition);
  superuser_sql("ALTER TABLE " + options.schema + ".hidden RENAME TO kv_entries");
  CHECK(value_at(*store, "a") == "1");
}

TEST_CASE("postgres: a statement whose plan is outdated is prepared again") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  REQUIRE(value_at(*store, "a") == "1");
  superuser_sql("ALTER TABLE " + options.schema + ".kv_entries ADD COLUMN more text");
  KeyValueList request;
  request.tenant = "t";
  request.space = "s";
  Answer<KeyValuePage> page;
  store->list(request, page.callback());
  const auto entries = page.get();
  REQUIRE(entries.has_value());
  CHECK(entries->entries.size() == 1);
  CHECK(put(*store, "a", "2").has_value());
  CHECK(value_at(*store, "a") == "2");
}

}  // namespace sublet
