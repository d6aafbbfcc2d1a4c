// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "testing/trial.h"

// What a store holds when it is opened again.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;

void entries_are_there(Trial& trial) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  trial.write({put("json", " {\"a\": 1} "), put(all, bytes(all)),
               put("ends", "1", KeyValueExpiry::after(seconds(60))), put("removed", "1")});
  trial.advance(seconds(1));
  trial.write({put("later", "2"), remove("removed")});
  trial.write({in_space("other", put("a", bytes("")))}, "other tenant");
  const Entries before = trial.get({"json", all, "ends", "later", "removed"});
  const KeyValueUsage usage = trial.usage();
  const auto spaces = trial.value(trial.start_spaces(kTenant));
  trial.reopen();
  const Entries after = trial.get({"json", all, "ends", "later", "removed"});
  for (std::size_t i = 0; i < before.size(); ++i) {
    expect_equal("an entry is there again", after[i].has_value(), before[i].has_value());
    if (!before[i].has_value()) continue;
    expect_equal("its value", after[i]->value, before[i]->value);
    expect_equal("its version", after[i]->version, before[i]->version);
    expect_equal("its update time", after[i]->updated_at, before[i]->updated_at);
    expect_equal("its end", after[i]->expires_at, before[i]->expires_at);
  }
  expect_equal("the usage", trial.usage(), usage);
  expect_equal("the spaces", trial.value(trial.start_spaces(kTenant)), spaces);
  expect(trial.get_one("a", "other", "other tenant").has_value(), "the other tenant's is there");
}

void versions_go_on(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1")});
  const std::uint64_t last = trial.write({put("a", "2")});
  trial.reopen();
  const std::uint64_t next = trial.write({put("c", "1")});
  expect(next > last, "versions go on where they were");
  trial.write({remove("a"), remove("b"), remove("c")});
  const std::uint64_t removed = trial.write({put("d", "1")});
  trial.write({remove("d")});
  trial.reopen();
  const std::uint64_t again = trial.write({put("d", "1")});
  expect(again > removed, "also where the newest entry was removed");
  trial.value(trial.start_erase(kTenant, std::nullopt));
  trial.reopen();
  expect(trial.write({put("a", "1")}) > again, "also where all was erased");
}

void expiry_goes_on(Trial& trial) {
  trial.write({put("a", "1", KeyValueExpiry::after(seconds(10))),
               put("b", "1", KeyValueExpiry::after(seconds(20)))});
  trial.reopen();
  trial.advance(seconds(9));
  trial.expect_value("a", "1");
  trial.advance(seconds(1));
  trial.reopen();
  trial.expect_absent("a");
  trial.expect_value("b", "1");
  expect_equal("the usage", trial.usage(), KeyValueUsage{1, {trial.size(1, 1)}});
}

void an_erase_stays(Trial& trial) {
  trial.write({put("a", "1"), in_space("other", put("a", "1"))});
  trial.value(trial.start_erase(kTenant, kSpace));
  trial.reopen();
  trial.expect_absent("a");
  expect(trial.get_one("a", "other").has_value(), "the other space is there");
  trial.value(trial.start_erase(kTenant, std::nullopt));
  trial.reopen();
  expect_equal("the tenants", trial.tenants(), std::vector<std::string>{});
}

void what_was_answered_is_there(Trial& trial) {
  std::vector<Pending<KeyValueCommitted>> calls;
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    calls.push_back(
        trial.start_commit(commit_of({put("a" + number, "1"), put("b" + number, "1")})));
  }
  trial.reopen();
  for (int i = 0; i < 100; ++i) {
    const auto result = trial.wait(calls[static_cast<std::size_t>(i)]);
    const std::string number = std::to_string(i);
    const Entries entries = trial.get({"a" + number, "b" + number});
    expect_equal("two entries of one commit", entries[0].has_value(), entries[1].has_value());
    if (result.has_value()) expect(entries[0].has_value(), "what was answered is there");
  }
}

}  // namespace

std::vector<Case> durability_cases() {
  return {
      {"opened again: entries are there", entries_are_there, true},
      {"opened again: versions go on", versions_go_on, true},
      {"opened again: expiry goes on", expiry_goes_on, true},
      {"opened again: an erase stays", an_erase_stays, true},
      {"opened again: what was answered as the store ended is there", what_was_answered_is_there,
       true},
  };
}

}  // namespace sublet::testing::conformance
