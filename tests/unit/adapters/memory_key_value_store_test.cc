// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/memory_key_value_store.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace sublet {
namespace {

KeyValueCommit put(std::string key, std::string text, KeyValueExpiry expiry = {}) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"space", std::move(key)};
  write.value.data = std::move(text);
  write.expiry = expiry;
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.push_back(std::move(write));
  return commit;
}

}  // namespace

TEST_CASE("memory: answers come inside the call") {
  MemoryKeyValueStore store;
  int answers = 0;
  store.commit(put("a", "1"), [&](auto result) {
    REQUIRE(result.has_value());
    ++answers;
  });
  store.get({"tenant", {{"space", "a"}}}, [&](auto result) {
    REQUIRE(result.has_value());
    CHECK((*result)[0]->value.data == "1");
    ++answers;
  });
  CHECK(answers == 2);
}

TEST_CASE("memory: without a clock it is the machine's") {
  MemoryKeyValueStore store;
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  store.commit(put("a", "1"), [](auto) {});
  store.get({"tenant", {{"space", "a"}}},
            [&](auto result) { CHECK((*result)[0]->updated_at >= before); });
}

TEST_CASE("memory: the store may end inside an answer") {
  auto store = std::make_shared<MemoryKeyValueStore>();
  auto* raw = store.get();
  bool answered = false;
  raw->commit(put("a", "1"), [&](auto result) {
    store.reset();
    answered = result.has_value();
  });
  CHECK(answered);
}

TEST_CASE("memory: what a callback throws goes nowhere") {
  MemoryKeyValueStore store;
  int answers = 0;
  store.commit(put("a", "1"), [&](auto) {
    ++answers;
    throw std::runtime_error("thrown");
  });
  store.usage("tenant", [&](auto result) {
    ++answers;
    CHECK(result->keys == 1);
    throw 1;
  });
  CHECK(answers == 2);
}

TEST_CASE("memory: a clock that throws is an error of the call") {
  MemoryKeyValueStore store([]() -> KeyValueTime { throw std::runtime_error("no time"); });
  store.get({"tenant", {{"space", "a"}}}, [](auto result) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::kInternal);
    CHECK(result.error().message == "no time");
  });
}

TEST_CASE("memory: what expired is found in all spaces, and spaces go with their last entry") {
  auto now = std::make_shared<KeyValueTime>();
  MemoryKeyValueStore store([now] { return *now; });
  for (int i = 0; i < 100; ++i) {
    KeyValueCommit commit =
        put("key", "1", KeyValueExpiry::after(std::chrono::seconds(1 + i % 10)));
    commit.writes[0].at.space = "space" + std::to_string(i);
    store.commit(std::move(commit), [](auto result) { REQUIRE(result.has_value()); });
  }
  for (std::uint64_t left = 100; left > 0; left -= 10) {
    store.spaces("tenant", [&](auto result) { CHECK(result->size() == left); });
    *now += std::chrono::seconds(1);
    store.usage("tenant", [&](auto result) { CHECK(result->keys == left - 10); });
  }
}

}  // namespace sublet
