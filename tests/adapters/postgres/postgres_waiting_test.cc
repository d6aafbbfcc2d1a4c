// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>

#include "adapters/postgres/postgres_test_side.h"
#include "adapters/postgres/read_calls.h"
#include "adapters/postgres/waiting_calls.h"

// Calls that wait, and callbacks that do what they must not.
namespace sublet {
namespace {

using adapters::postgres::Call;
using adapters::postgres::CommitCall;
using adapters::postgres::UsageCall;
using adapters::postgres::WaitingCalls;

struct Waiting {
  PostgresKeyValueOptions options;
  WaitingCalls calls;
  int answered = 0;

  void add(std::unique_ptr<Call> call, std::uint64_t since) {
    call->waits_since = since;
    calls.add(std::move(call));
  }
  void add_read(std::uint64_t since) {
    auto call = std::make_unique<UsageCall>(options, "t");
    call->done = [this](auto) { ++answered; };
    add(std::move(call), since);
  }
  void add_commit(const std::string& tenant, std::uint64_t since) {
    auto call = std::make_unique<CommitCall>(options, commit_of({put_of("a", "1")}, tenant));
    call->done = [this](auto) { ++answered; };
    add(std::move(call), since);
  }
};

}  // namespace

TEST_CASE("postgres: the oldest call is known after older ones were taken") {
  Waiting waiting;
  for (const std::uint64_t since : {100, 200, 300}) {
    waiting.add_read(since);
    waiting.add_commit("t", since + 1);
    waiting.add_commit("u", since + 50);
  }
  CHECK(waiting.calls.oldest() == 100);
  CHECK(waiting.calls.take_since(99).empty());
  CHECK(waiting.calls.take_since(201).size() == 5);
  CHECK(waiting.calls.oldest() == 250);
  CHECK(waiting.calls.size() == 4);
  CHECK(waiting.calls.take_since(301).size() == 3);
  CHECK(waiting.calls.oldest() == 350);
  CHECK(waiting.calls.take_since(UINT64_MAX).size() == 1);
  CHECK(waiting.calls.empty());
  CHECK(waiting.calls.oldest() == UINT64_MAX);
  CHECK(waiting.answered == 9);
}

TEST_CASE("postgres: commits behind one under way are taken too, and wait for its end else") {
  Waiting waiting;
  waiting.add_commit("t", 1);
  const auto under_way = waiting.calls.take();
  waiting.add_commit("t", 2);
  waiting.add_commit("t", 3);
  CHECK(waiting.calls.empty());
  CHECK(waiting.calls.take_since(2).size() == 1);
  waiting.calls.release("t");
  CHECK_FALSE(waiting.calls.empty());
  CHECK(waiting.calls.take()->take_calls().size() == 1);
  waiting.calls.release("t");
  CHECK(waiting.calls.empty());
  CHECK(waiting.calls.size() == 0);
}

TEST_CASE("postgres: a callback that throws holds nobody up") {
  const auto store = open_store(fresh_options());
  REQUIRE(put(*store, "a", "1").has_value());
  const auto throws = [](auto) { throw std::runtime_error("a callback must not"); };
  store->commit(commit_of({put_of("a", "2")}), throws);
  store->commit(commit_of({increment_of("a")}), throws);
  store->commit(commit_of({}), throws);
  store->usage("t", throws);
  store->erase("t", std::nullopt, throws);
  Answer<KeyValueCommitted> answer;
  store->commit(commit_of({put_of("a", "4")}), answer.callback());
  REQUIRE(answer.comes());
  CHECK(answer.get().has_value());
}

}  // namespace sublet
