// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "adapters/postgres/postgres_test_side.h"

// What goes by time, and what the host takes away: more than a batch of it.
namespace sublet {
namespace {

using std::chrono::seconds;

struct Timed {
  PostgresKeyValueOptions options = fresh_options();
  std::shared_ptr<std::atomic<std::int64_t>> now =
      std::make_shared<std::atomic<std::int64_t>>(1'000'000);
  std::shared_ptr<PostgresKeyValueStore> store;

  explicit Timed(std::chrono::milliseconds purge_interval) {
    options.clock = [now = now] { return KeyValueTime(std::chrono::milliseconds(now->load())); };
    options.purge_interval = purge_interval;
    store = open_store(options);
  }

  // 200 keys a commit.
  void fill(const std::string& tenant, std::size_t commits, KeyValueExpiry expiry,
            const std::string& space = "s") {
    std::vector<Answer<KeyValueCommitted>> answers(commits);
    for (std::size_t i = 0; i < commits; ++i) {
      KeyValueCommit request = commit_of({}, tenant);
      for (std::size_t k = 0; k < 200; ++k) {
        request.writes.push_back(put_of(std::to_string(i * 200 + k), "v", expiry));
        request.writes.back().at.space = space;
      }
      store->commit(std::move(request), answers[i].callback());
    }
    for (auto& answer : answers) REQUIRE(answer.get().has_value());
  }
  std::string count(const std::string& of) const {
    return superuser_sql("SELECT " + of + " FROM " + options.schema + ".kv_entries");
  }
  bool becomes(const std::string& of, const std::string& wanted) const {
    for (int tries = 0; tries < 2000; ++tries) {
      if (count(of) == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  std::string of_tenants(const std::string& what) const {
    return superuser_sql("SELECT " + what + " FROM " + options.schema + ".kv_tenants");
  }
};

std::uint64_t erase(KeyValueStore& store, std::optional<std::string> space = std::nullopt) {
  Answer<std::uint64_t> answer;
  store.erase("t", std::move(space), answer.callback());
  const auto erased = answer.get();
  REQUIRE(erased.has_value());
  return *erased;
}

}  // namespace

TEST_CASE("postgres: what expired goes in the background, and is counted off") {
  Timed timed(seconds(1));
  for (int tenant = 0; tenant < 5; ++tenant) {
    REQUIRE(put(*timed.store, "kept", "v", std::to_string(tenant)).has_value());
    timed.fill(std::to_string(tenant), 1, KeyValueExpiry::after(seconds(2)));
  }
  *timed.now += 2000;
  CHECK(usage(*timed.store, "0")->keys == 1);
  CHECK(timed.becomes("count(*)", "5"));
  CHECK(timed.of_tenants("sum(keys)") == "5");
  CHECK(timed.of_tenants("sum(bytes)") == "25");
}

TEST_CASE("postgres: a tenant whose lock is held does not hold up what expired of others") {
  // Only one purge: it has to get by the tenant, which has more than a batch at the head.
  Timed timed(seconds(3));
  timed.fill("held", 4, KeyValueExpiry::after(seconds(1)));
  timed.fill("other", 4, KeyValueExpiry::after(seconds(2)));
  const Holder holder(timed.options, "held");
  *timed.now += 5000;
  CHECK(timed.becomes("count(*) FILTER (WHERE tenant = 'other')", "0"));
  CHECK(timed.count("count(*)") == "800");
}

TEST_CASE("postgres: a quota that many expired entries stand in the way of") {
  Timed timed(std::chrono::hours(1));
  timed.fill("t", 6, KeyValueExpiry::after(seconds(1)));
  *timed.now += 2000;
  for (const bool computes : {false, true}) {
    KeyValueCommit request = commit_of({computes ? increment_of("n") : put_of("a", "1")});
    request.max_keys = 2;
    const auto answer = commit(*timed.store, std::move(request));
    REQUIRE(answer.has_value());
    CHECK(answer->status == KeyValueCommitted::Status::kCommitted);
  }
  CHECK(timed.count("count(*)") == "2");
  CHECK(usage(*timed.store)->keys == 2);
}

TEST_CASE("postgres: more than a batch is erased in one step, and counted") {
  Timed timed(std::chrono::hours(1));
  timed.fill("t", 10, KeyValueExpiry::never(), "first");
  timed.fill("t", 11, KeyValueExpiry::never(), "second");
  timed.fill("t", 1, KeyValueExpiry::after(seconds(1)), "second/not");
  timed.fill("u", 1, KeyValueExpiry::never(), "second");
  *timed.now += 2000;
  CHECK(erase(*timed.store, "second") == 2200);
  CHECK(usage(*timed.store)->keys == 2000);
  CHECK(usage(*timed.store, "u")->keys == 200);
  CHECK(erase(*timed.store, "none") == 0);
  CHECK(erase(*timed.store) == 2000);
  CHECK(timed.count("count(*)") == "200");
  CHECK(usage(*timed.store)->keys == 0);
  CHECK(usage(*timed.store)->bytes.count == 0);
}

TEST_CASE("postgres: of a tenant that is erased nothing is left, and no version comes twice") {
  Timed timed(std::chrono::hours(1));
  CHECK(erase(*timed.store) == 0);
  for (int i = 0; i < 3; ++i) REQUIRE(put(*timed.store, "a", "1").has_value());
  REQUIRE(put(*timed.store, "a", "1", "u").has_value());
  CHECK(erase(*timed.store) == 1);
  CHECK(timed.of_tenants("count(*) FILTER (WHERE tenant = 't')") == "0");
  CHECK(put(*timed.store, "a", "1")->version == 4);
  CHECK(put(*timed.store, "a", "1", "u")->version == 2);
  CHECK(commit(*timed.store, commit_of({increment_of("n")}, "v"))->version == 4);
  CHECK(erase(*timed.store) == 1);
  CHECK(put(*timed.store, "a", "1")->version == 5);
}

TEST_CASE("postgres: commits of two hosts while the tenant is erased again and again") {
  const PostgresKeyValueOptions options = fresh_options();
  const std::array stores = {open_store(options), open_store(options)};
  std::vector<Answer<KeyValueCommitted>> answers(300);
  std::vector<Answer<std::uint64_t>> erased(20);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const KeyValueWrite write = i % 3 == 0 ? increment_of("n") : put_of(std::to_string(i), "v");
    stores[i % 2]->commit(commit_of({write}), answers[i].callback());
    if (i % 15 == 7) stores[0]->erase("t", std::nullopt, erased[i / 15].callback());
  }
  std::set<std::uint64_t> versions;
  for (auto& answer : answers) {
    const auto result = answer.get();
    REQUIRE(result.has_value());
    CHECK(versions.insert(result->version).second);
  }
  for (auto& answer : erased) CHECK(answer.get().has_value());
  const auto left = usage(*stores[0])->keys;
  Answer<std::map<std::string, KeyValueUsage>> spaces;
  stores[0]->spaces("t", spaces.callback());
  const auto by_space = spaces.get();
  CHECK((by_space->empty() ? 0 : by_space->begin()->second.keys) == left);
}

}  // namespace sublet
