// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

// Conditions, and commits that are done as a whole or not at all.
namespace sublet::testing::conformance {
namespace {

constexpr auto absent = KeyValueCondition::absent;
constexpr auto present = KeyValueCondition::present;
constexpr auto is = KeyValueCondition::is;

void expect_conflict(Trial& trial, std::vector<KeyValueWrite> writes, std::size_t failed,
                     std::uint64_t version) {
  const KeyValueCommitted answer =
      trial.expect_status(Status::kConflict, commit_of(std::move(writes)));
  expect_equal("the place of the write that failed", std::uint64_t{answer.failed},
               std::uint64_t{failed});
  expect_equal("the version in the way", answer.version, version);
}

void if_absent(Trial& trial) {
  const std::uint64_t version = trial.write({provided(absent(), put("a", "1"))});
  expect_conflict(trial, {provided(absent(), put("a", "2"))}, 0, version);
  trial.expect_value("a", "1");
  trial.write({remove("a")});
  trial.write({provided(absent(), put("a", "3"))});
  trial.expect_value("a", "3");
}

void if_present(Trial& trial) {
  expect_conflict(trial, {provided(present(), put("a", "1"))}, 0, 0);
  trial.expect_absent("a");
  trial.write({put("a", "2")});
  trial.write({provided(present(), put("a", "3"))});
  trial.expect_value("a", "3");
  trial.write({remove("a")});
  expect_conflict(trial, {provided(present(), put("a", "4"))}, 0, 0);
  trial.expect_absent("a");
}

void if_version(Trial& trial) {
  expect_conflict(trial, {provided(is(1), put("a", "1"))}, 0, 0);
  expect_conflict(trial, {provided(is(0), put("a", "1"))}, 0, 0);
  trial.expect_absent("a");
  const std::uint64_t first = trial.write({put("a", "1")});
  const std::uint64_t second = trial.write({provided(is(first), put("a", "2"))});
  expect_conflict(trial, {provided(is(first), put("a", "3"))}, 0, second);
  expect_conflict(trial, {provided(is(second + 1), put("a", "3"))}, 0, second);
  expect_conflict(trial, {provided(is(0), put("a", "3"))}, 0, second);
  expect_conflict(trial, {provided(is(UINT64_MAX), put("a", "3"))}, 0, second);
  trial.expect_value("a", "2");
  trial.write({remove("a")});
  expect_conflict(trial, {provided(is(second), put("a", "4"))}, 0, 0);
  trial.write({put("a", "5")});
  expect_conflict(trial, {provided(is(second), put("a", "6"))}, 0, trial.present("a").version);
}

void without_condition(Trial& trial) {
  trial.write({put("a", "1")});
  trial.write({put("a", "2"), put("b", "2")});
  trial.expect_value("a", "2");
  trial.expect_value("b", "2");
}

void on_removes(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1")});
  expect_conflict(trial, {provided(absent(), remove("a"))}, 0, version);
  expect_conflict(trial, {provided(is(version + 1), remove("a"))}, 0, version);
  expect_conflict(trial, {provided(present(), remove("b"))}, 0, 0);
  trial.expect_value("a", "1");
  trial.write({provided(is(version), remove("a")), provided(absent(), remove("b"))});
  trial.expect_absent("a");
  expect_conflict(trial, {provided(is(version), remove("a"))}, 0, 0);
}

void on_computes(Trial& trial) {
  const auto two = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json("2"));
  };
  expect_conflict(trial, {provided(present(), compute("a", two))}, 0, 0);
  trial.expect_absent("a");
  trial.write({provided(absent(), compute("a", two))});
  const std::uint64_t version = trial.present("a").version;
  expect_conflict(trial, {provided(absent(), compute("a", two))}, 0, version);
  trial.write({provided(is(version), compute("a", two))});
  expect_conflict(trial, {provided(is(version), compute("a", two))}, 0, trial.present("a").version);
}

void on_checks(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1")});
  trial.write({check("a", is(version)), check("b", absent()), put("c", "1")});
  trial.expect_value("c", "1");
  expect_conflict(trial, {check("a", absent()), put("c", "2")}, 0, version);
  expect_conflict(trial, {check("b", present()), put("c", "2")}, 0, 0);
  expect_conflict(trial, {put("c", "2"), check("a", is(version + 7))}, 1, version);
  trial.expect_value("c", "1");
}

void commits_of_checks_only(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1")});
  trial.write({check("a", is(version)), check("b", absent())});
  expect_conflict(trial, {check("a", is(version)), check("b", present())}, 1, 0);
  expect_conflict(trial, {check("a", absent())}, 0, version);
}

void the_failed_place_is_told(Trial& trial) {
  const std::uint64_t version = trial.write({put("d", "1")});
  std::vector<KeyValueWrite> writes;
  for (const char* key : {"a", "b", "c", "d", "e"}) {
    writes.push_back(provided(absent(), put(key, "2")));
  }
  expect_conflict(trial, writes, 3, version);
  for (const char* key : {"a", "b", "c", "e"}) trial.expect_absent(key);
  trial.expect_value("d", "1");
}

void all_or_nothing(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1"), in_space("other", put("a", "1"))});
  const KeyValueUsage usage = trial.usage();
  const KeyValueCommitted answer = trial.expect_status(
      Status::kConflict,
      commit_of({put("a", "2"), remove("b"), in_space("other", put("a", "2")), put("new", "2"),
                 in_space("new space", put("x", "2")), provided(present(), remove("absent"))}));
  expect_equal("the usage that a conflict answers", answer.usage, usage);
  trial.expect_value("a", "1");
  trial.expect_value("b", "1");
  trial.expect_absent("new");
  expect_equal("an entry of another space", trial.get_one("a", "other")->value, json("1"));
  expect(!trial.get_one("x", "new space").has_value(), "nothing is in the new space");
  expect_equal("the usage", trial.usage(), usage);
}

}  // namespace

std::vector<Case> condition_cases() {
  return {
      {"conditions: absent", if_absent},
      {"conditions: present", if_present},
      {"conditions: version", if_version},
      {"conditions: none", without_condition},
      {"conditions: on removes", on_removes},
      {"conditions: on computes", on_computes},
      {"conditions: on checks", on_checks},
      {"conditions: commits of checks only", commits_of_checks_only},
      {"conditions: the place that failed is told", the_failed_place_is_told},
      {"conditions: a commit is done as a whole or not at all", all_or_nothing},
  };
}

}  // namespace sublet::testing::conformance
