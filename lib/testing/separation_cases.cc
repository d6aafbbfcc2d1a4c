// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "testing/trial.h"

// Tenants and spaces know nothing of each other.
namespace sublet::testing::conformance {
namespace {

using namespace std::string_literals;
using Keys = std::vector<std::string>;

// Names that begin with each other, and that somebody might cut, fold or quote.
Keys odd_names() {
  return {"a"s,
          "ab"s,
          "abc"s,
          "a\0"s,
          "a\0b"s,
          "a/"s,
          "a/b"s,
          "A"s,
          "a "s,
          " a"s,
          "a'"s,
          "a\""s,
          "a;--"s,
          "%"s,
          "_"s,
          "a%"s,
          "..",
          "."s,
          "\0"s,
          "\xFF"s,
          "\xFF\xFF"s,
          "\x7F"s,
          "\x80"s,
          "\xC3\xA9"s,
          "e\xCC\x81"s,
          "null"s,
          "0"s,
          "public"s,
          std::string(KeyValueStore::kMaxNameBytes, 'n'),
          std::string(KeyValueStore::kMaxNameBytes - 1, 'n')};
}

void spaces_are_apart(Trial& trial) {
  const Keys names = odd_names();
  std::vector<KeyValueWrite> writes;
  for (const std::string& name : names) writes.push_back(in_space(name, put("k", bytes(name))));
  trial.write(std::move(writes));
  KeyValueGet request{kTenant, {}};
  for (const std::string& name : names) request.keys.push_back({name, "k"});
  const Entries entries = trial.value(trial.start_get(std::move(request)));
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect(entries[i].has_value(), "an entry is in space " + show(names[i]));
    expect_equal("its value", entries[i]->value, bytes(names[i]));
  }
  std::vector<Pending<KeyValuePage>> lists;
  for (const std::string& name : names) {
    KeyValueList list = trial.listing();
    list.space = name;
    lists.push_back(trial.start_list(std::move(list)));
  }
  for (const auto& list : lists) {
    expect_equal("the keys of one space", keys_of(trial.value(list)), Keys{"k"});
  }
}

void spaces_do_not_join_keys(Trial& trial) {
  // Whoever puts space and key together without a mark between them takes these for one.
  trial.write({in_space("a", put("bc", "1")), in_space("ab", put("c", "2"))});
  trial.expect_status(Status::kCommitted,
                      commit_of({in_space("a", remove("b")), in_space("abc", remove("\0"s))}));
  expect_equal("a/bc", trial.get_one("bc", "a")->value, json("1"));
  expect_equal("ab/c", trial.get_one("c", "ab")->value, json("2"));
  expect(!trial.get_one("c", "a").has_value(), "nothing is at a/c");
  trial.write({in_space("a", put("\0k"s, "3")), in_space("a\0"s, put("k", "4"))});
  expect_equal("a/\\0k", trial.get_one("\0k"s, "a")->value, json("3"));
  expect_equal("a\\0/k", trial.get_one("k", "a\0"s)->value, json("4"));
  KeyValueList list = trial.listing();
  list.space = "a";
  expect_equal("the keys of space a", keys_of(trial.list(list)), (Keys{"\0k"s, "bc"}));
  list.reverse = true;
  expect_equal("backwards", keys_of(trial.list(list)), (Keys{"bc", "\0k"s}));
}

void tenants_are_apart(Trial& trial) {
  Keys names = odd_names();
  std::vector<Pending<KeyValueCommitted>> commits;
  for (const std::string& name : names) {
    commits.push_back(trial.start_commit(commit_of({put("k", bytes(name))}, name)));
  }
  for (const auto& commit : commits) {
    expect_equal("the status", trial.value(commit).status, Status::kCommitted);
  }
  for (const std::string& name : names) {
    const auto entry = trial.get_one("k", kSpace, name);
    expect(entry.has_value(), "an entry is at tenant " + show(name));
    expect_equal("its value", entry->value, bytes(name));
    expect_equal("the usage", trial.usage(name), KeyValueUsage{1, {trial.size(1, name.size())}});
  }
  expect(!trial.get_one("k", kSpace, "nobody").has_value(), "a tenant without entries has none");
  std::sort(names.begin(), names.end());
  expect_equal("the tenants", trial.tenants(), names);
}

void a_commit_is_of_its_tenant(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "1"), put("b", "1")}, "one");
  trial.expect_status(Status::kConflict,
                      commit_of({provided(KeyValueCondition::present(), put("a", "2"))}, "two"));
  trial.expect_status(Status::kConflict,
                      commit_of({provided(KeyValueCondition::is(version), put("a", "2"))}, "two"));
  trial.write({provided(KeyValueCondition::absent(), put("a", "2")), remove("b")}, "two");
  expect_equal("one's entry", trial.get_one("a", kSpace, "one")->value, json("1"));
  expect_equal("one's version", trial.get_one("a", kSpace, "one")->version, version);
  expect(trial.get_one("b", kSpace, "one").has_value(), "one's other entry is there");
  KeyValueCommit commit = commit_of({put("c", "2")}, "two");
  commit.max_keys = 2;
  trial.expect_status(Status::kCommitted, commit);
  KeyValueList list = trial.listing();
  list.tenant = "two";
  expect_equal("two's keys", keys_of(trial.list(list)), (Keys{"a", "c"}));
}

void tenants_come_by_pages(Trial& trial) {
  Keys names;
  std::vector<Pending<KeyValueCommitted>> commits;
  for (int i = 10; i < 23; ++i) {
    names.push_back("t" + std::to_string(i));
    commits.push_back(trial.start_commit(commit_of({put("k", "1")}, names.back())));
  }
  for (const auto& commit : commits) trial.value(commit);
  Keys found;
  std::string after;
  for (int page = 0; page < 10; ++page) {
    const Keys some = trial.value(trial.start_tenants(after, 4));
    expect(some.size() <= 4, "a page has at most `limit` tenants");
    if (some.empty()) break;
    found.insert(found.end(), some.begin(), some.end());
    after = some.back();
  }
  expect_equal("the tenants by pages", found, names);
  expect_equal("after one that is not there", trial.value(trial.start_tenants("t20x", 2)),
               (Keys{"t21", "t22"}));
  trial.value(trial.start_erase("t21", std::nullopt));
  trial.write({remove("k")}, "t22");
  expect_equal("after two have nothing any more", trial.value(trial.start_tenants("t19", 100)),
               Keys{"t20"});
}

void spaces_are_counted(Trial& trial) {
  trial.write({in_space("a", put("k1", "12")), in_space("a", put("k2", "1234")),
               in_space("ab", put("k", "1")), in_space("gone", put("k", "1"))});
  trial.write({in_space("a", put("k", "1"))}, "other tenant");
  trial.write({in_space("gone", remove("k"))});
  const std::map<std::string, KeyValueUsage> expected = {
      {"a", {2, {trial.size(2, 2) + trial.size(2, 4)}}}, {"ab", {1, {trial.size(1, 1)}}}};
  expect_equal("the spaces", trial.value(trial.start_spaces(kTenant)), expected);
  expect_equal("the spaces of nobody", trial.value(trial.start_spaces("nobody")),
               std::map<std::string, KeyValueUsage>{});
}

void a_space_is_erased(Trial& trial) {
  trial.write({in_space("a", put("1", "1")), in_space("a", put("2", "1")),
               in_space("ab", put("1", "1")), in_space("A", put("1", "1"))});
  trial.write({in_space("a", put("1", "1"))}, "other tenant");
  expect_equal("erased", trial.value(trial.start_erase(kTenant, "a")), std::uint64_t{2});
  expect(!trial.get_one("1", "a").has_value(), "the space is empty");
  expect(trial.get_one("1", "ab").has_value(), "another space is not");
  expect(trial.get_one("1", "A").has_value(), "a third one is not");
  expect(trial.get_one("1", "a", "other tenant").has_value(), "another tenant's is not");
  expect_equal("the usage", trial.usage(), KeyValueUsage{2, {2 * trial.size(1, 1)}});
  expect_equal("erased again", trial.value(trial.start_erase(kTenant, "a")), std::uint64_t{0});
  trial.write({in_space("a", put("1", "2"))});
  expect_equal("a new entry", trial.get_one("1", "a")->value, json("2"));
}

void a_tenant_is_erased(Trial& trial) {
  std::vector<KeyValueWrite> writes;
  for (int i = 0; i < 50; ++i) {
    writes.push_back(in_space("s" + std::to_string(i % 5), put(std::to_string(i), "1")));
  }
  trial.write(writes);
  trial.write(writes, "tenant2");
  trial.write(writes, "tenan");
  expect_equal("erased", trial.value(trial.start_erase(kTenant, std::nullopt)), std::uint64_t{50});
  expect_equal("the usage", trial.usage(), KeyValueUsage{});
  expect(!trial.get_one("0", "s0").has_value(), "nothing is there");
  expect_equal("another tenant's entries", trial.usage("tenant2").keys, std::uint64_t{50});
  expect_equal("a third one's entries", trial.usage("tenan").keys, std::uint64_t{50});
  expect_equal("the tenants", trial.tenants(), (Keys{"tenan", "tenant2"}));
  expect_equal("erased again", trial.value(trial.start_erase(kTenant, std::nullopt)),
               std::uint64_t{0});
  trial.write({put("a", "2")});
  trial.expect_value("a", "2");
}

}  // namespace

std::vector<Case> separation_cases() {
  return {
      {"apart: spaces with odd names", spaces_are_apart},
      {"apart: space and key are not joined", spaces_do_not_join_keys},
      {"apart: tenants with odd names", tenants_are_apart},
      {"apart: a commit is of its tenant", a_commit_is_of_its_tenant},
      {"apart: tenants come by pages", tenants_come_by_pages},
      {"apart: spaces are counted", spaces_are_counted},
      {"apart: a space is erased", a_space_is_erased},
      {"apart: a tenant is erased", a_tenant_is_erased},
  };
}

}  // namespace sublet::testing::conformance
