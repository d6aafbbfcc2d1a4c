// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/keyed_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "policy/resilience/circuit_breaker.h"
#include "policy/resilience/random_source.h"
#include "policy/token_bucket.h"
#include "unit/policy/resilience/fixed_random.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

bool is_zero(int value) { return value == 0; }

}  // namespace

TEST_CASE("keyed table: keeps what it was given, by scope and name") {
  KeyedTable<int> table(10, 10);
  *table.find_or_add("a", "x", is_zero) = 1;
  *table.find_or_add("a", "y", is_zero) = 2;
  *table.find_or_add("b", "x", is_zero) = 3;
  *table.find_or_add("ax", "", is_zero) = 4;
  CHECK(*table.find("a", "x") == 1);
  CHECK(*table.find("a", "y") == 2);
  CHECK(*table.find("b", "x") == 3);
  CHECK(*table.find("ax", "") == 4);
  CHECK(table.find("b", "y") == nullptr);
  CHECK(table.find("c", "x") == nullptr);
  CHECK(table.size() == 4);
  table.erase_scope("a");
  table.erase_scope("a");
  CHECK(table.size() == 2);
  CHECK(table.find("a", "x") == nullptr);
  CHECK(*table.find("b", "x") == 3);
}

TEST_CASE("keyed table: visits all, the one used least recently first") {
  KeyedTable<int> table(10, 10);
  *table.find_or_add("a", "x", is_zero) = 1;
  *table.find_or_add("b", "y", is_zero) = 2;
  table.find_or_add("a", "x", is_zero);
  std::string seen;
  table.for_each([&](std::string_view scope, std::string_view name, int value) {
    seen += std::string(scope) + std::string(name) + std::to_string(value);
  });
  CHECK(seen == "by2ax1");
}

TEST_CASE("keyed table: the idle one used least recently makes room; one in use never does") {
  KeyedTable<int> table(3, 3);
  *table.find_or_add("a", "busy", is_zero) = 1;
  table.find_or_add("a", "old", is_zero);
  table.find_or_add("b", "new", is_zero);
  table.find_or_add("a", "old", is_zero);  // used again
  CHECK(table.find_or_add("c", "x", is_zero) != nullptr);
  CHECK(table.find("b", "new") == nullptr);
  CHECK(table.find("a", "busy") != nullptr);
  CHECK(table.find("a", "old") != nullptr);
  CHECK(table.size() == 3);
  *table.find("a", "old") = *table.find("c", "x") = 1;
  CHECK(table.find_or_add("d", "x", is_zero) == nullptr);
  CHECK(*table.find_or_add("c", "x", is_zero) == 1);  // what is there needs no room
  *table.find("a", "busy") = 0;
  CHECK(table.find_or_add("d", "x", is_zero) != nullptr);
}

TEST_CASE("keyed table: a scope that is full makes room in itself") {
  KeyedTable<int> table(100, 2);
  table.find_or_add("quiet", "x", is_zero);
  for (int i = 0; i < 50; ++i) {
    CHECK(table.find_or_add("loud", std::to_string(i), is_zero) != nullptr);
  }
  CHECK(table.size() == 3);
  CHECK(table.find("quiet", "x") != nullptr);
  CHECK(table.find("loud", "48") != nullptr);
  CHECK(table.find("loud", "49") != nullptr);
  *table.find("loud", "48") = *table.find("loud", "49") = 1;
  CHECK(table.find_or_add("loud", "50", is_zero) == nullptr);
  CHECK(table.find_or_add("other", "x", is_zero) != nullptr);
}

TEST_CASE("keyed table: of the smallest sizes") {
  KeyedTable<int> one(1, 1), none(0, 0), no_scope(5, 0);
  CHECK(none.find_or_add("a", "x", is_zero) == nullptr);
  CHECK(no_scope.find_or_add("a", "x", is_zero) == nullptr);
  for (const char* name : {"x", "y", "x"}) {
    CHECK(one.find_or_add("a", name, is_zero) != nullptr);
    CHECK(one.size() == 1);
  }
  CHECK(one.find_or_add("b", "x", is_zero) != nullptr);
  CHECK(one.find("a", "x") == nullptr);
}

TEST_CASE("keyed table: a long run against a simple model") {
  constexpr std::size_t kMost = 12, kMostInScope = 5;
  KeyedTable<int> table(kMost, kMostInScope);
  struct Known {
    std::string scope, name;
    bool busy = false;
  };
  std::vector<Known> model;  // the one used least recently first
  SplitMix64 random(42);
  const auto evict = [&](const std::string* scope) {
    for (auto known = model.begin(); known != model.end(); ++known) {
      if (known->busy || (scope != nullptr && known->scope != *scope)) continue;
      model.erase(known);
      return true;
    }
    return false;
  };
  for (int step = 0; step < 20'000; ++step) {
    const Known wanted{std::string(1, static_cast<char>('a' + random.up_to(4))),
                       std::to_string(random.up_to(8)), random.up_to(3) == 0};
    const auto in_scope =
        static_cast<std::size_t>(std::count_if(model.begin(), model.end(), [&](const Known& known) {
          return known.scope == wanted.scope;
        }));
    const auto same = std::find_if(model.begin(), model.end(), [&](const Known& known) {
      return known.scope == wanted.scope && known.name == wanted.name;
    });
    bool has_room = true;
    if (same != model.end()) {
      model.erase(same);
    } else {
      if (in_scope >= kMostInScope) has_room = evict(&wanted.scope);
      if (has_room && model.size() >= kMost) has_room = evict(nullptr);
    }
    if (has_room) model.push_back(wanted);
    int* const value = table.find_or_add(wanted.scope, wanted.name, is_zero);
    REQUIRE((value != nullptr) == has_room);
    if (value != nullptr) *value = wanted.busy ? 1 : 0;
    REQUIRE(table.size() == model.size());
    for (const Known& known : model) {
      const int* const kept = table.find(known.scope, known.name);
      REQUIRE(kept != nullptr);
      REQUIRE((*kept == 1) == known.busy);
    }
    if (step % 500 == 499) {
      table.erase_scope("b");
      std::erase_if(model, [](const Known& known) { return known.scope == "b"; });
      for (Known& known : model) {
        known.busy = false;
        *table.find(known.scope, known.name) = 0;
      }
    }
  }
}

TEST_CASE("keyed table: a tenant cannot flood an open breaker or an empty bucket out") {
  const base::TimePoint now{1h};
  BreakerOptions options;
  options.minimum_calls = 1;
  FixedRandom random;
  KeyedTable<CircuitBreaker> breakers(4, 4);
  const auto idle_breaker = [](const CircuitBreaker& breaker) { return breaker.idle(); };
  CircuitBreaker* const open = breakers.find_or_add("t", "https://down.example", idle_breaker);
  const BreakerAdmission admission = open->admit(options, now);
  CHECK(open->record(options, admission.ticket, CallResult::kFailure, 0s, now, random));

  const Rate rate{1, 60'000ms, 2};
  KeyedTable<TokenBucket> buckets(4, 4);
  const auto idle_bucket = [&](const TokenBucket& bucket) {
    return bucket.wait(rate, rate.burst, now) == 0ns;
  };
  CHECK(buckets.find_or_add("t", "https://down.example", idle_bucket)->take(rate, 2, now));
  for (int i = 0; i < 100; ++i) {
    breakers.find_or_add("t", std::to_string(i), idle_breaker);
    buckets.find_or_add("t", std::to_string(i), idle_bucket);
  }
  CHECK(breakers.find("t", "https://down.example") == open);
  CHECK_FALSE(open->admit(options, now).admitted);
  CHECK_FALSE(buckets.find("t", "https://down.example")->take(rate, 1, now));
}

}  // namespace sublet::policy
