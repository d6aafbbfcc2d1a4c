// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/commit_plan.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace sublet::adapters {
namespace {

using Status = KeyValueCommitted::Status;

constexpr KeyValueTime kNow{std::chrono::milliseconds(1'000'000)};

KeyValueWrite write_of(KeyValueWrite::Kind kind, std::string key, std::string text = {}) {
  KeyValueWrite write;
  write.kind = kind;
  write.at = {"space", std::move(key)};
  write.value.data = std::move(text);
  return write;
}

KeyValueWrite put(std::string key, std::string text) {
  return write_of(KeyValueWrite::Kind::kPut, std::move(key), std::move(text));
}

KeyValueCommit commit_of(std::vector<KeyValueWrite> writes) {
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes = std::move(writes);
  return commit;
}

StoredEntry stored(std::uint64_t version, std::uint64_t bytes,
                   std::optional<KeyValueTime> expires_at = {}) {
  StoredEntry entry;
  entry.version = version;
  entry.bytes = bytes;
  entry.expires_at = expires_at;
  return entry;
}

}  // namespace

TEST_CASE("commit plan: a put of something new and of something that is there") {
  const KeyValueCommit commit = commit_of({put("a", "12"), put("b", "1")});
  const CommitPlan plan = plan_commit(commit, {stored(3, 10), {}}, {5, {100}}, 9, kNow);
  CHECK(plan.answer.status == Status::kCommitted);
  CHECK(plan.answer.version == 9);
  CHECK(plan.answer.existed == std::vector<bool>{true, false});
  CHECK(plan.answer.usage == KeyValueUsage{6, {100 - 10 + 3 + 2}});
  REQUIRE(plan.writes.size() == 2);
  CHECK(plan.writes[1].write == 1);
  CHECK(plan.writes[0].value(commit).data == "12");
}

TEST_CASE("commit plan: a conflict writes nothing and tells place and version") {
  KeyValueCommit commit = commit_of({put("a", "1"), put("b", "1")});
  commit.writes[1].condition = KeyValueCondition::absent();
  const CommitPlan plan = plan_commit(commit, {{}, stored(4, 2)}, {1, {2}}, 9, kNow);
  CHECK(plan.answer.status == Status::kConflict);
  CHECK(plan.answer.failed == 1);
  CHECK(plan.answer.version == 4);
  CHECK(plan.answer.usage == KeyValueUsage{1, {2}});
  CHECK(plan.answer.existed.empty());
  CHECK(plan.writes.empty());
}

TEST_CASE("commit plan: what expired is not there, but its row is taken away and counted") {
  KeyValueCommit commit = commit_of({write_of(KeyValueWrite::Kind::kRemove, "a"), put("b", "1")});
  commit.writes[1].condition = KeyValueCondition::absent();
  commit.writes[1].expiry = KeyValueExpiry::keep();
  const CommitPlan plan =
      plan_commit(commit, {stored(4, 20, kNow), stored(5, 30, kNow)}, {2, {50}}, 9, kNow);
  CHECK(plan.answer.status == Status::kCommitted);
  CHECK(plan.answer.existed == std::vector<bool>{false, false});
  CHECK(plan.answer.usage == KeyValueUsage{1, {2}});
  REQUIRE(plan.writes.size() == 2);
  CHECK(plan.writes[0].remove);
  CHECK_FALSE(plan.writes[1].expires_at.has_value());
}

TEST_CASE("commit plan: a remove of nothing is no write") {
  const KeyValueCommit commit = commit_of(
      {write_of(KeyValueWrite::Kind::kRemove, "a"), write_of(KeyValueWrite::Kind::kCheck, "b")});
  const CommitPlan plan = plan_commit(commit, {{}, {}}, {1, {1}}, 9, kNow);
  CHECK(plan.answer.status == Status::kCommitted);
  CHECK(plan.writes.empty());
  CHECK(plan.answer.usage == KeyValueUsage{1, {1}});
}

TEST_CASE("commit plan: the times of entries") {
  const KeyValueTime end = kNow + std::chrono::seconds(5);
  KeyValueCommit commit = commit_of({put("a", "1"), put("b", "1"), put("c", "1")});
  commit.writes[1].expiry = KeyValueExpiry::keep();
  commit.writes[2].expiry = KeyValueExpiry::after(std::chrono::seconds(1));
  const CommitPlan plan = plan_commit(
      commit, {stored(1, 2, end), stored(1, 2, end), stored(1, 2, end)}, {3, {6}}, 9, kNow);
  REQUIRE(plan.writes.size() == 3);
  CHECK_FALSE(plan.writes[0].expires_at.has_value());
  CHECK(plan.writes[1].expires_at == end);
  CHECK(plan.writes[2].expires_at == kNow + std::chrono::seconds(1));
}

TEST_CASE("commit plan: only growth past the quota is refused") {
  KeyValueCommit commit = commit_of({put("a", "123")});
  commit.max_bytes = Bytes{10};
  CHECK(plan_commit(commit, {stored(1, 4)}, {3, {100}}, 9, kNow).answer.status ==
        Status::kCommitted);
  const CommitPlan over = plan_commit(commit, {stored(1, 3)}, {3, {100}}, 9, kNow);
  CHECK(over.answer.status == Status::kOverBytes);
  CHECK(over.over_quota());
  CHECK(over.answer.usage == KeyValueUsage{3, {100}});
  commit.max_keys = 2;
  CHECK(plan_commit(commit, {{}}, {2, {0}}, 9, kNow).answer.status == Status::kOverKeys);
  commit.max_keys = 3;
  CHECK(plan_commit(commit, {{}}, {2, {0}}, 9, kNow).answer.status == Status::kCommitted);
}

TEST_CASE("commit plan: what takes the place of something that expired is growth") {
  KeyValueCommit commit = commit_of({put("a", std::string(99, 'x'))});
  commit.max_bytes = Bytes{50};
  CHECK(plan_commit(commit, {stored(1, 100, kNow)}, {1, {100}}, 9, kNow).answer.status ==
        Status::kOverBytes);
  commit.max_bytes = Bytes{100};
  CHECK(plan_commit(commit, {stored(1, 100, kNow)}, {1, {100}}, 9, kNow).answer.status ==
        Status::kCommitted);
}

TEST_CASE("commit plan: computes make values, remove, refuse and throw") {
  KeyValueCommit commit = commit_of({write_of(KeyValueWrite::Kind::kCompute, "a")});
  StoredEntry there = stored(4, 3);
  there.entry = KeyValueEntry{"a", {KeyValueType::kJson, "12"}, 4, kNow, {}};
  const auto plan = [&](KeyValueCompute compute) {
    commit.writes[0].compute = std::move(compute);
    return plan_commit(commit, {there}, {1, {3}}, 9, kNow);
  };
  using Made = Result<std::optional<KeyValueValue>>;
  CommitPlan made = plan([](const KeyValueEntry* current, std::uint64_t version) {
    CHECK(version == 9);
    return Made(KeyValueValue{KeyValueType::kBytes, current->value.data + "3"});
  });
  REQUIRE(made.writes.size() == 1);
  CHECK(made.writes[0].value(commit) == KeyValueValue{KeyValueType::kBytes, "123"});
  CHECK(made.answer.usage == KeyValueUsage{1, {4}});

  made = plan([](const KeyValueEntry*, std::uint64_t) { return Made(std::nullopt); });
  REQUIRE(made.writes.size() == 1);
  CHECK(made.writes[0].remove);
  CHECK(made.answer.usage == KeyValueUsage{});

  made = plan([](const KeyValueEntry*, std::uint64_t) {
    return Made(Error{ErrorCode::kInvalidArgument, "no"});
  });
  CHECK(made.answer.status == Status::kRefused);
  CHECK(made.answer.message == "no");
  CHECK(made.writes.empty());

  made = plan([](const KeyValueEntry*, std::uint64_t) -> Made { throw std::runtime_error("oh"); });
  CHECK(made.answer.status == Status::kRefused);
  CHECK(made.answer.message == "a compute threw");
  made = plan([](const KeyValueEntry*, std::uint64_t) -> Made { throw 1; });
  CHECK(made.answer.status == Status::kRefused);

  made = plan([](const KeyValueEntry*, std::uint64_t) {
    return Made(
        KeyValueValue{KeyValueType::kBytes, std::string(KeyValueStore::kMaxValueBytes + 1, 'x')});
  });
  CHECK(made.answer.status == Status::kRefused);
  CHECK(made.answer.message.find("value") != std::string::npos);
}

TEST_CASE("commit plan: a compute that wants nothing gets nothing") {
  KeyValueCommit commit = commit_of({write_of(KeyValueWrite::Kind::kCompute, "a")});
  commit.writes[0].needs_current = false;
  CHECK_FALSE(reads_current(commit.writes[0]));
  bool null = false;
  commit.writes[0].compute = [&](const KeyValueEntry* current, std::uint64_t) {
    null = current == nullptr;
    return Result<std::optional<KeyValueValue>>(KeyValueValue{});
  };
  StoredEntry there = stored(4, 3);
  there.entry = KeyValueEntry{};
  plan_commit(commit, {there}, {1, {3}}, 9, kNow);
  CHECK(null);
}

TEST_CASE("commit plan: an entry is there until the moment of its end") {
  CHECK(is_alive(std::nullopt, kNow));
  CHECK(is_alive(kNow + std::chrono::milliseconds(1), kNow));
  CHECK_FALSE(is_alive(kNow, kNow));
}

}  // namespace sublet::adapters
