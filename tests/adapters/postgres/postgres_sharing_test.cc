// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>

#include "adapters/postgres/postgres_test_side.h"

// Several hosts over one database.
namespace sublet {
namespace {

// Starts the next when one is answered, in the callback.
void increment_often(KeyValueStore& store, int times, std::atomic<int>& left) {
  store.commit(commit_of({increment_of("n")}), [&store, times, &left](auto answer) {
    CHECK(answer.has_value());
    if (times > 1) return increment_often(store, times - 1, left);
    left.fetch_sub(1);
    left.notify_all();
  });
}

void wait_for_none(std::atomic<int>& left) {
  for (int present = left; present > 0; present = left) left.wait(present);
}

}  // namespace

TEST_CASE("postgres: increments by two hosts all count") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto one = open_store(options);
  const auto two = open_store(options);
  std::atomic<int> left{16};
  for (int i = 0; i < 8; ++i) {
    increment_often(*one, 25, left);
    increment_often(*two, 25, left);
  }
  wait_for_none(left);
  CHECK(value_at(*one, "n") == "400");
  CHECK(value_at(*two, "n") == "400");
  // One commit each: versions count them, whoever made them.
  CHECK(put(*one, "m", "1")->version == 401);
}

TEST_CASE("postgres: a quota is exact with two hosts at it") {
  const PostgresKeyValueOptions options = fresh_options();
  const std::array stores = {open_store(options), open_store(options)};
  constexpr std::size_t kCommits = 200;
  std::vector<Answer<KeyValueCommitted>> answers(kCommits);
  for (std::size_t i = 0; i < kCommits; ++i) {
    KeyValueCommit request = commit_of({put_of("key" + std::to_string(i), "v")});
    if (i % 4 == 0) request.writes.push_back(increment_of("n"));
    request.max_keys = 50;
    stores[i % 2]->commit(std::move(request), answers[i].callback());
  }
  std::size_t committed = 0;
  for (auto& answer : answers) {
    const auto result = answer.get();
    REQUIRE(result.has_value());
    committed += result->status == KeyValueCommitted::Status::kCommitted;
  }
  CHECK(committed >= 49);
  CHECK(committed <= 50);
  CHECK(usage(*stores[0])->keys == 50);
}

TEST_CASE("postgres: a commit too large for one message is written in several") {
  const auto store = open_store(fresh_options());
  KeyValueCommit request = commit_of({});
  for (int i = 0; i < 3; ++i) {
    request.writes.push_back(put_of(
        std::to_string(i), std::string(KeyValueStore::kMaxValueBytes, static_cast<char>('a' + i))));
  }
  const auto answer = commit(*store, std::move(request));
  REQUIRE(answer.has_value());
  CHECK(answer->usage.keys == 3);
  CHECK(value_at(*store, "2") == std::string(KeyValueStore::kMaxValueBytes, 'c'));
}

TEST_CASE("postgres: commits that compute much go on their own, in their order") {
  const auto store = open_store(fresh_options());
  REQUIRE(put(*store, "a", "1").has_value());
  std::vector<Answer<KeyValueCommitted>> answers(12);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    KeyValueWrite write = increment_of("n");
    if (i % 3 != 2) {
      write.at.key = std::to_string(i);
      write.needs_current = false;
      write.compute = [](const KeyValueEntry*, std::uint64_t) {
        return Result<std::optional<KeyValueValue>>(
            KeyValueValue{KeyValueType::kBytes, std::string(700'000, 'v')});
      };
    }
    store->commit(commit_of({write}), answers[i].callback());
  }
  for (std::size_t i = 0; i < answers.size(); ++i) CHECK(answers[i].get()->version == i + 2);
  CHECK(value_at(*store, "n") == "4");
  CHECK(usage(*store)->keys == 10);
}

TEST_CASE("postgres: the last owner may let go of the store in its callback") {
  auto store = open_store(fresh_options());
  std::promise<void> gone;
  KeyValueStore& bare = *store;
  bare.commit(commit_of({put_of("a", "1")}), [owner = std::move(store), &gone](auto) mutable {
    owner.reset();
    gone.set_value();
  });
  gone.get_future().get();
}

}  // namespace sublet
