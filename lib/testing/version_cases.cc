// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "testing/trial.h"

// Versions and times of entries.
namespace sublet::testing::conformance {
namespace {

void versions_grow(Trial& trial) {
  std::uint64_t last = 0;
  for (const char* key : {"a", "b", "a", "a", "c", "b"}) {
    const std::uint64_t version = trial.write({put(key, "1")});
    expect(version > last, "each commit's version is larger than those before: " + show(version) +
                               " after " + show(last));
    expect_equal("the entry's version", trial.present(key).version, version);
    last = version;
  }
}

void one_version_for_a_commit(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1"), put("b", "2"), put("c", "3")});
  for (const char* key : {"a", "b", "c"}) {
    expect_equal("the version of each entry", trial.present(key).version, version);
  }
  const std::uint64_t next = trial.write({put("a", "4")});
  expect_equal("the version of what was written", trial.present("a").version, next);
  expect_equal("the version of what was not", trial.present("b").version, version);
}

void a_new_version_after_a_remove(Trial& trial) {
  const std::uint64_t first = trial.write({put("a", "1")});
  trial.write({remove("a")});
  const std::uint64_t second = trial.write({put("a", "1")});
  expect(second > first, "an entry that was removed and written again has a larger version");
  trial.write({remove("a")});
  const std::uint64_t third = trial.write({put("other", "1")});
  expect(third > second, "versions go on after the last entry was removed");
}

void the_same_value_is_a_new_version(Trial& trial) {
  const std::uint64_t first = trial.write({put("a", "1")});
  trial.advance(std::chrono::milliseconds(5));
  const std::uint64_t second = trial.write({put("a", "1")});
  expect(second > first, "writing the same value again gives a new version");
  expect_equal("the entry's version", trial.present("a").version, second);
  expect_equal("the entry's update time", trial.present("a").updated_at, trial.now());
}

void versions_outlive_an_erase(Trial& trial) {
  const std::uint64_t first = trial.write({put("a", "1")});
  trial.value(trial.start_erase(kTenant, kSpace));
  const std::uint64_t second = trial.write({put("a", "1")});
  expect(second > first, "a version is not given again after a space was erased");
  trial.write({put("b", "1")});
  const std::uint64_t third = trial.write({put("c", "1")});
  trial.value(trial.start_erase(kTenant, std::nullopt));
  const std::uint64_t fourth = trial.write({put("a", "1")});
  expect(fourth > third, "a version is not given again after a tenant was erased");
}

void versions_outlive_expiry(Trial& trial) {
  const std::uint64_t first =
      trial.write({put("a", "1", KeyValueExpiry::after(std::chrono::seconds(1)))});
  trial.advance(std::chrono::seconds(2));
  trial.expect_absent("a");
  expect_equal("the usage", trial.usage().keys, std::uint64_t{0});
  expect_equal("tenants that have something", trial.tenants(), std::vector<std::string>{});
  expect(trial.write({put("a", "1")}) > first, "a version is not given again after expiry");
}

void checks_change_nothing(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1")});
  const KeyValueEntry before = trial.present("a");
  trial.advance(std::chrono::seconds(3));
  trial.write(
      {check("a", KeyValueCondition::is(version)), check("b", KeyValueCondition::absent())});
  trial.write({check("a", KeyValueCondition::present())});
  trial.write({check("a", {})});
  const KeyValueEntry after = trial.present("a");
  expect_equal("the version after checks", after.version, before.version);
  expect_equal("the update time after checks", after.updated_at, before.updated_at);
  trial.expect_absent("b");
  expect_equal("the usage after checks", trial.usage(), KeyValueUsage{1, {trial.size(1, 1)}});
}

void times_are_the_clocks(Trial& trial) {
  const KeyValueTime first = trial.now();
  trial.write({put("a", "1"), put("b", "1")});
  trial.advance(std::chrono::milliseconds(1));
  trial.write({put("b", "2"), put("c", "2")});
  expect_equal("the first entry's time", trial.present("a").updated_at, first);
  for (const char* key : {"b", "c"}) {
    expect_equal("a later entry's time", trial.present(key).updated_at, trial.now());
  }
  trial.advance(std::chrono::hours(24 * 365 * 50));
  trial.write({put("d", "3")});
  expect_equal("a time in fifty years", trial.present("d").updated_at, trial.now());
  expect_equal("the first entry's time, later", trial.present("a").updated_at, first);
}

}  // namespace

std::vector<Case> version_cases() {
  return {
      {"versions: they are not 0 and grow", versions_grow},
      {"versions: one for all entries of a commit", one_version_for_a_commit},
      {"versions: a new one after a remove", a_new_version_after_a_remove},
      {"versions: a new one for the same value", the_same_value_is_a_new_version},
      {"versions: none is given again after an erase", versions_outlive_an_erase},
      {"versions: none is given again after expiry", versions_outlive_expiry},
      {"versions: checks change nothing", checks_change_nothing},
      {"versions: update times are the clock's", times_are_the_clocks},
  };
}

}  // namespace sublet::testing::conformance
