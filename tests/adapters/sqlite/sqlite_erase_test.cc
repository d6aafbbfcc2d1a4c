// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <map>
#include <thread>

#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/group_writer.h"
#include "adapters/sqlite/held_writer.h"
#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store.h"

// What is large is erased in parts.
namespace sublet {
namespace {

using adapters::sqlite::CommitCall;
using adapters::sqlite::EraseCall;
using adapters::sqlite::GroupWriter;
using adapters::sqlite::Store;
using adapters::sqlite::WriteCall;

constexpr int kEntries = 5000;

SqliteKeyValueOptions options_in(const TemporaryFolder& folder) {
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  return options;
}

// So many entries of "t" in the space "s".
void fill(const SqliteKeyValueOptions& options) {
  const auto store = open_store(options);
  for (int from = 0; from < kEntries; from += 250) {
    std::vector<KeyValueWrite> writes;
    for (int i = from; i < from + 250; ++i) {
      writes.push_back(put_of("key" + std::to_string(i), "value"));
    }
    REQUIRE(commit(*store, commit_of(std::move(writes))).has_value());
  }
}

std::optional<std::string> space_of(bool whole) {
  return whole ? std::nullopt : std::optional<std::string>("s");
}

std::int64_t rows_in(const SqliteKeyValueOptions& options) {
  return BareSqlite(options.path).integer("SELECT count(*) FROM entry");
}

}  // namespace

TEST_CASE("sqlite: commits go on while much is erased, and stay") {
  for (const bool whole : {true, false}) {
    CAPTURE(whole);
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    fill(options);
    const auto store = Store::open(options);
    std::atomic<bool> erased{false};
    std::atomic<bool> was_first{false};
    Answer<std::uint64_t> erase;
    Answer<KeyValueCommitted> committed;
    {
      HeldWriter held(*store);
      store->push(EraseCall{{"t", space_of(whole)},
                            [&erased, done = erase.callback()](Result<std::uint64_t> result) {
                              erased = true;
                              done(std::move(result));
                            },
                            {}});
      store->push(CommitCall{commit_of({put_of("key1", "new")}),
                             [&, done = committed.callback()](Result<KeyValueCommitted> result) {
                               was_first = !erased;
                               done(std::move(result));
                             },
                             {}});
    }
    REQUIRE(committed.get().has_value());
    CHECK(was_first.load());
    // The held one's entry too.
    CHECK(erase.get().value() == kEntries + 1);
    CHECK(store->transactions() >= 5);
    store->close();
    const auto again = open_store(options);
    CHECK(value_at(*again, "key1") == "new");
    CHECK(usage(*again)->keys == 1);
    CHECK(rows_in(options) == 1);
    CHECK(BareSqlite(options.path).integer("SELECT count(*) FROM tenant") == 1);
    CHECK(BareSqlite(options.path).text("PRAGMA integrity_check") == "ok");
  }
}

TEST_CASE("sqlite: a tenant whose erase was cut short is gone, and what is left goes later") {
  using namespace adapters::sqlite;
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  fill(options);
  {
    const auto connection = open_for_writing(KeyValueSide::database_of(options));
    GroupWriter writer(*connection, options);
    std::vector<WriteCall> group;
    group.push_back(EraseCall{{"t", std::nullopt}, [](auto) {}, {}});
    (void)writer.write(group, false);
    CHECK_FALSE(std::get<EraseCall>(group[0]).answer.has_value());
    CHECK(rows_in(options) < kEntries);
    GroupWriter::set_error(group[0], Error{ErrorCode::kUnavailable, "the end"});
    CHECK(std::get<EraseCall>(group[0]).answer->error().code == ErrorCode::kIndeterminate);
  }
  {
    const auto store = open_store(options);
    CHECK(rows_in(options) > 0);
    CHECK(value_at(*store, "key4999") == "(none)");
    CHECK(usage(*store)->keys == 0);
    Answer<std::vector<std::string>> tenants;
    store->tenants("", 10, tenants.callback());
    CHECK(tenants.get()->empty());
    CHECK(erase(*store).value() == 0);
    const auto written = put(*store, "key1", "new");
    REQUIRE(written.has_value());
    CHECK(written->version > kEntries / 250);
  }
  const auto connection = open_for_writing(KeyValueSide::database_of(options));
  GroupWriter writer(*connection, options);
  std::vector<WriteCall> none;
  int times = 0;
  while (writer.write(none, true) && times < 100) ++times;
  CHECK(times > 2);
  CHECK(rows_in(options) == 1);
  CHECK(BareSqlite(options.path).integer("SELECT count(*) FROM tenant") == 1);
}

TEST_CASE("sqlite: a store that is closed while it erases says that it does not know") {
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  fill(options);
  const auto store = Store::open(options);
  Answer<std::uint64_t> erase;
  std::latch leave(1);
  std::latch entered(1);
  {
    HeldWriter held(*store);
    store->push(EraseCall{{"t", std::nullopt}, erase.callback(), {}});
    // After the erase's first part the writer waits here.
    store->push(CommitCall{commit_of({put_of("other", "value")}, "u"),
                           [&](auto) {
                             entered.count_down();
                             leave.wait();
                           },
                           {}});
  }
  entered.wait();
  std::thread closing([&] { store->close(); });
  // What is asked of it from now on is refused once it is being closed.
  for (bool closed = false; !closed;) {
    Answer<KeyValueUsage> asked;
    store->push(adapters::sqlite::UsageCall{{"u"}, asked.callback(), {}});
    closed = !asked.get().has_value();
  }
  leave.count_down();
  closing.join();
  const auto answer = erase.get();
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kIndeterminate);
  CHECK(usage(*open_store(options))->keys == 0);
}

TEST_CASE("sqlite: a space is erased and its neighbours are not") {
  const TemporaryFolder folder;
  const auto store = open_store(options_in(folder));
  using namespace std::string_literals;
  const std::vector<std::string> spaces = {"s", "s\0"s, "s\0\0"s, "sa", "r\xff\xff"};
  for (const std::string& space : spaces) {
    for (const std::string& key : {"\0"s, "a"s, std::string(1024, '\xff')}) {
      KeyValueWrite write = put_of(key, "value");
      write.at.space = space;
      REQUIRE(commit(*store, commit_of({write})).has_value());
    }
  }
  Answer<std::uint64_t> erased;
  store->erase("t", "s", erased.callback());
  CHECK(erased.get().value() == 3);
  CHECK(usage(*store)->keys == 12);
  Answer<std::map<std::string, KeyValueUsage>> left;
  store->spaces("t", left.callback());
  CHECK(left.get()->size() == 4);
  Answer<std::uint64_t> with_zero;
  store->erase("t", "s\0"s, with_zero.callback());
  CHECK(with_zero.get().value() == 3);
  CHECK(usage(*store)->keys == 9);
}

}  // namespace sublet
