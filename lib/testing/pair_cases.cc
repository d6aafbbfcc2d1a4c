// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "testing/trial.h"

// Two stores over the same data, as two processes have them.
namespace sublet::testing::conformance {
namespace {

KeyValueCompute increment() {
  return [](const KeyValueEntry* current, std::uint64_t) {
    const int before = current == nullptr ? 0 : std::stoi(current->value.data);
    return Result<std::optional<KeyValueValue>>(json(std::to_string(before + 1)));
  };
}

void each_sees_what_the_other_wrote(Trial& one) {
  const auto two = one.open_another();
  std::uint64_t last = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(i);
    Trial& writer = i % 2 == 0 ? one : *two;
    Trial& reader = i % 2 == 0 ? *two : one;
    const std::uint64_t version = writer.write({put("a", number), put("key" + number, "1")});
    expect(version > last, "versions grow from one store to the other");
    last = version;
    reader.expect_value("a", number);
    expect_equal("the version", reader.present("a").version, version);
    expect_equal("the usage", reader.usage(), writer.usage());
  }
  one.write({remove("a")});
  two->expect_absent("a");
  expect_equal("the keys of a list", two->list(two->listing("key")).entries.size(),
               std::size_t{30});
}

void conditions_hold_across_both(Trial& one) {
  const auto two = one.open_another();
  const std::uint64_t first = one.write({put("a", "1")});
  two->expect_status(Status::kConflict,
                     commit_of({provided(KeyValueCondition::absent(), put("a", "2"))}));
  const std::uint64_t second = two->write({provided(KeyValueCondition::is(first), put("a", "2"))});
  const KeyValueCommitted late = one.expect_status(
      Status::kConflict, commit_of({provided(KeyValueCondition::is(first), put("a", "3"))}));
  expect_equal("what stands in the way", late.version, second);
  one.write({provided(KeyValueCondition::is(second), put("a", "3"))});
  two->expect_value("a", "3");
}

void increments_of_both_count(Trial& one) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20;
  const auto two = one.open_another();
  one.in_parallel(kThreads, [&](int thread) {
    Trial& trial = thread % 2 == 0 ? one : *two;
    for (int i = 0; i < kEach; ++i) {
      trial.expect_status(Status::kCommitted, commit_of({compute("counter", increment())}));
    }
  });
  one.expect_value("counter", std::to_string(kThreads * kEach));
  two->expect_value("counter", std::to_string(kThreads * kEach));
}

void an_erase_is_of_both(Trial& one) {
  const auto two = one.open_another();
  const std::uint64_t first = one.write({put("a", "1"), in_space("other", put("a", "1"))});
  two->expect_value("a", "1");
  expect_equal("erased", two->value(two->start_erase(kTenant, kSpace)), std::uint64_t{1});
  one.expect_absent("a");
  expect_equal("erased", one.value(one.start_erase(kTenant, std::nullopt)), std::uint64_t{1});
  expect_equal("the usage", two->usage(), KeyValueUsage{});
  expect(two->write({put("a", "2")}) > first, "versions go on in the other store");
  one.expect_value("a", "2");
}

void quotas_are_of_both(Trial& one) {
  const auto two = one.open_another();
  one.write({put("a", "1"), put("b", "1")});
  KeyValueCommit third = commit_of({put("c", "1")});
  third.max_keys = 2;
  two->expect_status(Status::kOverKeys, third);
  one.write({remove("b")});
  two->expect_status(Status::kCommitted, third);
  expect_equal("the usage", one.usage(), KeyValueUsage{2, {2 * one.size(1, 1)}});
}

void one_ends_and_the_other_goes_on(Trial& one) {
  const auto two = one.open_another();
  one.write({put("a", "1")});
  two->write({put("b", "2")});
  two->close();
  one.expect_value("b", "2");
  one.write({put("a", "3")});
  one.expect_value("a", "3");
}

}  // namespace

std::vector<Case> pair_cases() {
  std::vector<Case> cases = {
      {"two stores: each sees what the other wrote", each_sees_what_the_other_wrote},
      {"two stores: conditions hold across both", conditions_hold_across_both},
      {"two stores: increments of both count", increments_of_both_count},
      {"two stores: an erase is of both", an_erase_is_of_both},
      {"two stores: quotas are of both", quotas_are_of_both},
      {"two stores: one ends and the other goes on", one_ends_and_the_other_goes_on},
  };
  for (Case& one : cases) one.opens_another = true;
  return cases;
}

}  // namespace sublet::testing::conformance
