// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/postgres_test_side.h"
#include "adapters/postgres/relay.h"

// What somebody between the store and the server says when the server goes.
namespace sublet {
namespace {

PostgresKeyValueOptions options_over(const Relay& relay) {
  PostgresKeyValueOptions options = fresh_options();
  options.connection = relay.connection();
  options.connections = 1;
  return options;
}

// The server does the commit; the client gets this in place of its word for it.
void expect_not_repeated(const std::string& says) {
  Relay relay;
  const auto store = open_store(options_over(relay));
  REQUIRE(put(*store, "n", "0").has_value());
  relay.answer_next(says);
  // One statement does it all, so that the answer that is swallowed is the commit's.
  Answer<KeyValueCommitted> answer;
  store->commit(commit_of({put_of("n", "1"), put_of("m", "1")}), answer.callback());
  const auto result = answer.get();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::kIndeterminate);
  CHECK(value_at(*store, "n") == "1");
  // It was done once: the next commit has the version after it.
  CHECK(put(*store, "n", "2")->version == 3);
}

}  // namespace

TEST_CASE("postgres: a commit that a pooler lost the answer of is not sent again") {
  expect_not_repeated(fatal_message("08P01", "server conn crashed?"));
  expect_not_repeated(fatal_message("08007", "transaction resolution unknown"));
  expect_not_repeated(fatal_message("40003", "result is ambiguous"));
  expect_not_repeated(fatal_message("58000", "anything else"));
  expect_not_repeated("");
}

TEST_CASE("postgres: a read that a pooler lost the answer of is sent again") {
  Relay relay;
  const auto store = open_store(options_over(relay));
  REQUIRE(put(*store, "a", "1").has_value());
  relay.answer_next(fatal_message("08P01", "server conn crashed?"));
  CHECK(value_at(*store, "a") == "1");
}

TEST_CASE("postgres: sessions that begin well and do nothing are asked for with pauses") {
  using std::chrono::milliseconds;
  Relay relay;
  PostgresKeyValueOptions options = options_over(relay);
  options.first_backoff = options.last_backoff = milliseconds(500);
  const auto store = open_store(options);
  relay.drop_at(std::string("\0sublet_usage\0", 14));
  const auto begin = std::chrono::steady_clock::now();
  const int sessions = relay.sessions();
  const auto answer = usage(*store);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kUnavailable);
  const int more = relay.sessions() - sessions;
  CHECK(more >= 2);
  // A pause is half of the longest or more.
  CHECK(std::chrono::steady_clock::now() - begin >= more * milliseconds(250));
}

}  // namespace sublet
