// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "adapters/sqlite/held_writer.h"
#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store.h"

// What waits together is written together; and what happens to what waits.
namespace sublet {
namespace {

using adapters::sqlite::CommitCall;
using adapters::sqlite::Store;
using adapters::sqlite::WriteCall;

SqliteKeyValueOptions options_in(const TemporaryFolder& folder) {
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  return options;
}

KeyValueWrite check_of(const std::string& key, KeyValueCondition condition) {
  KeyValueWrite write;
  write.at = {"s", key};
  write.condition = condition;
  return write;
}

KeyValueWrite compute_of(const std::string& key, KeyValueCompute compute) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {"s", key};
  write.compute = std::move(compute);
  return write;
}

}  // namespace

TEST_CASE("sqlite: commits that wait together are one transaction") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options = options_in(folder);
  options.max_group = 60;
  const auto store = Store::open(options);
  std::vector<Answer<KeyValueCommitted>> answers(100);
  {
    HeldWriter held(*store);
    REQUIRE(store->transactions() == 1);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      store->push(CommitCall{
          commit_of({put_of("key" + std::to_string(i), "value")}), answers[i].callback(), {}});
    }
  }
  std::set<std::uint64_t> versions;
  for (auto& answer : answers) {
    const auto committed = answer.get();
    REQUIRE(committed.has_value());
    versions.insert(committed->version);
  }
  CHECK(versions.size() == 100);
  CHECK(store->transactions() == 3);  // the held one, 60, 40
  store->close();
}

TEST_CASE("sqlite: what a commit of a group wants done wrong does not hurt the others") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options = options_in(folder);
  options.max_file = Bytes::mebibytes(2);
  const auto store = open_store(options);
  std::vector<KeyValueCommit> wrong;
  wrong.push_back(commit_of({put_of("a", "1"), check_of("b", KeyValueCondition::present())}));
  wrong.push_back(commit_of({put_of("a", "2"), compute_of("b", [](auto*, auto) {
                               return Error{ErrorCode::kInvalidArgument, "no"};
                             })}));
  wrong.push_back(commit_of({put_of("a", "3"), compute_of("b", [](auto*, auto) {
                               throw std::runtime_error("thrown");
                               return std::optional<KeyValueValue>();
                             })}));
  // Fails where it is written, after a part of it was.
  wrong.push_back(commit_of(
      {put_of("a", "4"), compute_of("b", [](auto*, auto) {
         return std::optional(KeyValueValue{KeyValueType::kBytes, std::string(4u << 20, 'x')});
       })}));
  std::vector<Answer<KeyValueCommitted>> right(20), refused(wrong.size());
  {
    HeldWriter held(*store);
    for (std::size_t i = 0; i < right.size(); ++i) {
      const std::string key = "right" + std::to_string(i);
      store->commit(commit_of({put_of(key, "value")}), right[i].callback());
      if (i % 5 == 2) store->commit(wrong[i / 5], refused[i / 5].callback());
    }
  }
  for (auto& answer : right) CHECK(answer.get().has_value());
  CHECK(refused[0].get()->status == KeyValueCommitted::Status::kConflict);
  CHECK(refused[1].get()->status == KeyValueCommitted::Status::kRefused);
  CHECK(refused[2].get()->status == KeyValueCommitted::Status::kRefused);
  const auto full = refused[3].get();
  REQUIRE_FALSE(full.has_value());
  CHECK(full.error().code == ErrorCode::kResourceExhausted);
  for (int i = 0; i < 20; ++i) CHECK(value_at(*store, "right" + std::to_string(i)) == "value");
  CHECK(value_at(*store, "a") == "(none)");
  CHECK(value_at(*store, "b") == "(none)");
  CHECK(usage(*store)->keys == 21);
}

TEST_CASE("sqlite: one call more than may wait is refused") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options = options_in(folder);
  options.max_queue = 10;
  const auto store = open_store(options);
  std::vector<Answer<KeyValueCommitted>> answers(11);
  HeldWriter held(*store);
  for (auto& answer : answers) store->commit(commit_of({put_of("k", "v")}), answer.callback());
  const auto refused = answers.back().get();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kResourceExhausted);
  CHECK(value_at(*store, "k").find("max_queue") != std::string::npos);
  held.release();
  for (int i = 0; i < 10; ++i) CHECK(answers[static_cast<std::size_t>(i)].get().has_value());
  CHECK(value_at(*store, "k") == "v");
}

TEST_CASE("sqlite: a store that is closed answers what waits, and keeps what it acknowledged") {
  const TemporaryFolder folder;
  std::vector<Answer<KeyValueCommitted>> commits(500);
  std::vector<Answer<std::vector<std::optional<KeyValueEntry>>>> gets(500);
  {
    const auto store = open_store(options_in(folder));
    for (std::size_t i = 0; i < commits.size(); ++i) {
      store->commit(commit_of({put_of("key" + std::to_string(i), "value")}), commits[i].callback());
      store->get({"t", {{"s", "key0"}}}, gets[i].callback());
    }
  }
  const auto store = open_store(options_in(folder));
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const auto committed = commits[i].get();
    if (!committed.has_value()) CHECK(committed.error().code == ErrorCode::kUnavailable);
    const bool there = value_at(*store, "key" + std::to_string(i)) == "value";
    CHECK(there == committed.has_value());
    const auto read = gets[i].get();
    if (!read.has_value()) CHECK(read.error().code == ErrorCode::kUnavailable);
  }
}

TEST_CASE("sqlite: what waits when a store is closed is unavailable") {
  const TemporaryFolder folder;
  auto store = open_store(options_in(folder));
  HeldWriter held(*store);
  std::vector<Answer<KeyValueCommitted>> answers(20);
  for (auto& answer : answers) store->commit(commit_of({put_of("k", "v")}), answer.callback());
  std::thread closing([&] { store.reset(); });
  for (auto& answer : answers) CHECK(answer.get().error().code == ErrorCode::kUnavailable);
  held.release();
  closing.join();
  CHECK(value_at(*open_store(options_in(folder)), "k") == "(none)");
}

TEST_CASE("sqlite: a callback may be the last owner of the store") {
  const TemporaryFolder folder;
  for (const bool read : {false, true}) {
    CAPTURE(read);
    Answer<int> last;
    auto called = std::make_shared<std::latch>(1);
    auto owner =
        std::make_shared<std::shared_ptr<SqliteKeyValueStore>>(open_store(options_in(folder)));
    auto let_go = [owner, called, done = last.callback()](auto) {
      called->wait();
      owner->reset();
      done(1);
    };
    if (read) {
      (*owner)->get({"t", {{"s", "k"}}}, let_go);
    } else {
      (*owner)->commit(commit_of({put_of("k", "v")}), let_go);
    }
    called->count_down();
    CHECK(last.get().has_value());
  }
}

TEST_CASE("sqlite: two stores share a file, and see what the other was told is done") {
  const TemporaryFolder folder;
  const auto one = open_store(options_in(folder));
  const auto two = open_store(options_in(folder));
  constexpr int kIncrements = 300;
  auto add = [](const KeyValueEntry* present, std::uint64_t) {
    const int next = present == nullptr ? 1 : std::stoi(present->value.data) + 1;
    return std::optional(KeyValueValue{KeyValueType::kJson, std::to_string(next)});
  };
  std::atomic<int> failed{0};
  auto work = [&](SqliteKeyValueStore& own, SqliteKeyValueStore& other, const std::string& key) {
    for (int i = 0; i < kIncrements; ++i) {
      const std::string text = std::to_string(i);
      const bool written =
          commit(own, commit_of({compute_of("count", add), put_of(key, text)})).has_value();
      if (!written || value_at(other, key) != text) ++failed;
    }
  };
  std::thread first([&] { work(*one, *two, "one"); });
  work(*two, *one, "two");
  first.join();
  CHECK(failed == 0);
  CHECK(value_at(*one, "count") == std::to_string(2 * kIncrements));
}

TEST_CASE("sqlite: several may make the same file at once") {
  for (int round = 0; round < 10; ++round) {
    const TemporaryFolder folder;
    std::vector<std::string> found(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < found.size(); ++i) {
      threads.emplace_back([&, i] {
        const auto store = SqliteKeyValueStore::open(options_in(folder));
        if (!store.has_value()) return void(found[i] = store.error().message);
        const auto written = put(**store, std::to_string(i), "v");
        found[i] = written.has_value() ? "written" : written.error().message;
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : found) CHECK(one == "written");
  }
}

}  // namespace sublet
