// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

// What a tenant has, and what it may have.
namespace sublet::testing::conformance {
namespace {

KeyValueCommit within(std::uint64_t keys, std::uint64_t bytes_, std::vector<KeyValueWrite> writes) {
  KeyValueCommit commit = commit_of(std::move(writes));
  commit.max_keys = keys;
  commit.max_bytes = Bytes{bytes_};
  return commit;
}

std::string text(std::size_t size) { return std::string(size, '1'); }

void usage_of_nobody(Trial& trial) {
  expect_equal("the usage of nobody", trial.usage("nobody"), KeyValueUsage{});
  trial.write({check("a", KeyValueCondition::absent()), remove("b")});
  expect_equal("the usage after commits that wrote nothing", trial.usage(), KeyValueUsage{});
  expect_equal("the tenants", trial.tenants(), std::vector<std::string>{});
}

void usage_is_exact(Trial& trial) {
  KeyValueUsage expected;
  const auto step = [&](std::vector<KeyValueWrite> writes, std::int64_t keys, std::int64_t more) {
    const KeyValueCommitted committed =
        trial.expect_status(Status::kCommitted, commit_of(std::move(writes)));
    expected.keys += static_cast<std::uint64_t>(keys);
    expected.bytes.count += static_cast<std::uint64_t>(more);
    expect_equal("the usage that a commit answers", committed.usage, expected);
    expect_equal("the usage", trial.usage(), expected);
  };
  const auto size = [&](std::size_t key, std::size_t value) {
    return static_cast<std::int64_t>(trial.size(key, value));
  };
  const auto five = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(bytes("12345"));
  };
  step({put("key", text(10)), put("k", bytes(""))}, 2, size(3, 10) + size(1, 0));
  step({put("key", text(4))}, 0, -6);
  step({put("key", text(4))}, 0, 0);
  step({put("key", text(400)), in_space("other", put("key", "1"))}, 1, 396 + size(3, 1));
  step({remove("k"), remove("absent")}, -1, -size(1, 0));
  step({compute("key", five), compute("k2", five)}, 1, -395 + size(2, 5));
  step({check("key", {})}, 0, 0);
  step({put("\xC3\xA9\0", "\"\xC3\xA9\"")}, 1, size(2, 4));
  step({remove("key"), put("key2", "1")}, 0, size(4, 1) - size(3, 5));
}

void usage_after_erase(Trial& trial) {
  trial.write({put("a", text(10)), in_space("s", put("b", text(20)))});
  trial.value(trial.start_erase(kTenant, "s"));
  expect_equal("the usage after a space was erased", trial.usage(),
               KeyValueUsage{1, {trial.size(1, 10)}});
  trial.value(trial.start_erase(kTenant, std::nullopt));
  expect_equal("the usage after all was erased", trial.usage(), KeyValueUsage{});
  const KeyValueCommitted committed =
      trial.expect_status(Status::kCommitted, commit_of({put("c", text(3))}));
  expect_equal("the usage of a new entry", committed.usage, KeyValueUsage{1, {trial.size(1, 3)}});
}

void a_conflict_changes_no_usage(Trial& trial) {
  trial.write({put("a", text(10))});
  const KeyValueUsage usage = trial.usage();
  const KeyValueCommitted answer = trial.expect_status(
      Status::kConflict,
      commit_of({put("b", text(10)), remove("a"), check("c", KeyValueCondition::present())}));
  expect_equal("the usage that a conflict answers", answer.usage, usage);
  expect_equal("the usage", trial.usage(), usage);
}

void keys_up_to_the_quota(Trial& trial) {
  const std::uint64_t any = UINT64_MAX;
  trial.expect_status(Status::kCommitted, within(3, any, {put("a", "1"), put("b", "1")}));
  trial.expect_status(Status::kCommitted, within(3, any, {put("c", "1")}));
  const KeyValueCommitted answer =
      trial.expect_status(Status::kOverKeys, within(3, any, {put("d", "1")}));
  expect_equal("the usage that a refusal answers", answer.usage,
               KeyValueUsage{3, {3 * trial.size(1, 1)}});
  trial.expect_absent("d");
  trial.expect_status(Status::kCommitted, within(3, any, {put("a", text(500))}));
  trial.expect_status(Status::kCommitted, within(3, any, {put("d", "1"), remove("b")}));
  trial.expect_status(Status::kOverKeys,
                      within(3, any, {put("e", "1"), put("f", "1"), remove("a")}));
  trial.expect_status(Status::kOverKeys, within(0, any, {put("e", "1")}));
}

void bytes_up_to_the_quota(Trial& trial) {
  const std::uint64_t any = UINT64_MAX;
  const std::uint64_t most = trial.size(1, 10) + trial.size(3, 20);
  trial.expect_status(Status::kCommitted, within(any, most, {put("a", text(10))}));
  trial.expect_status(Status::kOverBytes, within(any, most, {put("key", text(21))}));
  trial.expect_absent("key");
  trial.expect_status(Status::kOverBytes, within(any, most, {put("key4", text(20))}));
  trial.expect_status(Status::kCommitted, within(any, most, {put("key", text(20))}));
  trial.expect_status(Status::kOverBytes, within(any, most, {put("key", text(21))}));
  trial.expect_status(Status::kOverBytes, within(any, most, {put("b", bytes(""))}));
  trial.expect_status(Status::kCommitted,
                      within(any, most, {put("key", text(19)), put("a", text(11))}));
  expect_equal("the usage", trial.usage(), KeyValueUsage{2, {most}});
}

void above_the_quota_one_may_shrink(Trial& trial) {
  trial.write({put("a", text(100)), put("b", text(100)), put("c", text(100))});
  trial.expect_status(Status::kCommitted, within(1, 50, {put("a", text(90))}));
  trial.expect_status(Status::kCommitted, within(1, 50, {put("a", text(90))}));
  trial.expect_status(Status::kOverBytes, within(1, 50, {put("a", text(91))}));
  trial.expect_status(Status::kOverKeys, within(1, UINT64_MAX, {put("d", "1")}));
  trial.expect_status(Status::kCommitted, within(1, 50, {remove("b")}));
  trial.expect_status(Status::kCommitted, within(1, 50, {put("d", "1"), remove("c")}));
  trial.expect_status(Status::kCommitted, within(0, 0, {check("a", {}), remove("x")}));
  trial.expect_value("a", text(90));
  trial.expect_value("d", "1");
}

void over_quota_nothing_is_done(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1")});
  const KeyValueUsage usage = trial.usage();
  trial.expect_status(Status::kOverKeys, within(2, UINT64_MAX, {put("a", "2"), put("c", "2")}));
  trial.expect_status(Status::kOverBytes, within(UINT64_MAX, usage.bytes.count,
                                                 {put("a", "2"), remove("x"), put("b", "22")}));
  trial.expect_value("a", "1");
  trial.expect_value("b", "1");
  trial.expect_absent("c");
  expect_equal("the usage", trial.usage(), usage);
}

void computes_have_the_same_quota(Trial& trial) {
  trial.write({put("a", "1")});
  const auto longer = [](const KeyValueEntry* current, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(
        json((current == nullptr ? std::string() : current->value.data) + text(9)));
  };
  const std::uint64_t most = trial.size(1, 10);
  trial.expect_status(Status::kCommitted, within(1, most, {compute("a", longer)}));
  trial.expect_status(Status::kOverBytes, within(1, most, {compute("a", longer)}));
  trial.expect_status(Status::kOverKeys, within(1, UINT64_MAX, {compute("b", longer)}));
  trial.expect_value("a", "1" + text(9));
  trial.expect_absent("b");
}

void all_spaces_count(Trial& trial) {
  trial.write({in_space("one", put("a", "1")), in_space("two", put("a", "1"))});
  trial.expect_status(Status::kOverKeys, within(2, UINT64_MAX, {in_space("3", put("a", "1"))}));
  trial.expect_status(Status::kOverBytes,
                      within(UINT64_MAX, 3 * trial.size(1, 1) - 1, {in_space("3", put("a", "1"))}));
  trial.expect_status(Status::kCommitted,
                      within(3, 3 * trial.size(1, 1), {in_space("3", put("a", "1"))}));
}

}  // namespace

std::vector<Case> usage_cases() {
  return {
      {"usage: of nobody", usage_of_nobody},
      {"usage: exact through puts, computes and removes", usage_is_exact},
      {"usage: exact after an erase", usage_after_erase},
      {"usage: a conflict changes nothing", a_conflict_changes_no_usage},
      {"quota: keys", keys_up_to_the_quota},
      {"quota: bytes", bytes_up_to_the_quota},
      {"quota: above it one may shrink", above_the_quota_one_may_shrink},
      {"quota: over it nothing of a commit is done", over_quota_nothing_is_done},
      {"quota: of computes too", computes_have_the_same_quota},
      {"quota: all spaces count", all_spaces_count},
  };
}

}  // namespace sublet::testing::conformance
