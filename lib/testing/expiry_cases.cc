// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "testing/trial.h"

// Entries that end. Times are the injected clock's, to the millisecond.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

KeyValueExpiry after(milliseconds time) { return KeyValueExpiry::after(time); }

void it_ends_at_the_moment(Trial& trial) {
  const KeyValueTime end = trial.now() + milliseconds(1500);
  trial.write({put("a", "1", after(milliseconds(1500))), put("b", "1")});
  expect_equal("the end that is told", trial.present("a").expires_at,
               std::optional<KeyValueTime>(end));
  trial.advance(milliseconds(1499));
  trial.expect_value("a", "1");
  trial.advance(milliseconds(1));
  trial.expect_absent("a");
  trial.expect_value("b", "1");
}

void never(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1))), put("b", "1")});
  trial.write({put("a", "2")});
  expect_equal("the end", trial.present("a").expires_at, std::optional<KeyValueTime>());
  trial.advance(std::chrono::hours(24 * 365 * 20));
  trial.expect_value("a", "2");
  trial.expect_value("b", "1");
}

void keep(Trial& trial) {
  const auto end = std::optional<KeyValueTime>(trial.now() + seconds(10));
  const KeyValueExpiry kept = KeyValueExpiry::keep();
  trial.write({put("a", "1", after(seconds(10))), put("b", "1")});
  trial.advance(seconds(4));
  trial.write({put("a", "2", kept), put("b", "2", kept), put("c", "2", kept)});
  expect_equal("an end that is kept", trial.present("a").expires_at, end);
  expect_equal("an end that never was", trial.present("b").expires_at,
               std::optional<KeyValueTime>());
  expect_equal("the end of a new entry", trial.present("c").expires_at,
               std::optional<KeyValueTime>());
  trial.advance(seconds(6));
  trial.expect_absent("a");
  trial.write({put("a", "3", kept)});
  expect_equal("an end is not kept of what expired", trial.present("a").expires_at,
               std::optional<KeyValueTime>());
}

void again(Trial& trial) {
  trial.write({put("a", "1", after(seconds(2)))});
  trial.advance(seconds(1));
  trial.write({put("a", "2", after(seconds(2)))});
  trial.advance(milliseconds(1999));
  trial.expect_value("a", "2");
  trial.write({put("a", "3", after(seconds(5)))});
  trial.write({put("a", "4", after(seconds(1)))});
  trial.advance(seconds(1));
  trial.expect_absent("a");
  expect_equal("the usage", trial.usage(), KeyValueUsage{});
}

void of_computes(Trial& trial) {
  const auto two = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json("2"));
  };
  const auto end = std::optional<KeyValueTime>(trial.now() + seconds(10));
  trial.write({put("a", "1", after(seconds(10))), put("b", "1", after(seconds(10)))});
  trial.advance(seconds(1));
  trial.write({compute("a", two, KeyValueExpiry::keep()), compute("b", two),
               compute("c", two, after(seconds(1)))});
  expect_equal("an end that is kept", trial.present("a").expires_at, end);
  expect_equal("an end that is taken away", trial.present("b").expires_at,
               std::optional<KeyValueTime>());
  expect_equal("a new end", trial.present("c").expires_at,
               std::optional<KeyValueTime>(trial.now() + seconds(1)));
}

void conditions_see_nothing(Trial& trial) {
  const std::uint64_t version =
      trial.write({put("a", "1", after(seconds(1))), put("b", "1", after(seconds(1))),
                   put("c", "1", after(seconds(1)))});
  trial.advance(seconds(1));
  for (const KeyValueCondition condition :
       {KeyValueCondition::present(), KeyValueCondition::is(version)}) {
    const KeyValueCommitted answer =
        trial.expect_status(Status::kConflict, commit_of({provided(condition, put("a", "2"))}));
    expect_equal("the version in the way", answer.version, std::uint64_t{0});
  }
  const KeyValueCommitted answer = trial.expect_status(
      Status::kCommitted, commit_of({provided(KeyValueCondition::absent(), put("a", "2")),
                                     put("b", "2"), remove("c")}));
  expect_equal("what was there before", answer.existed, std::vector<bool>{false, false, false});
  trial.expect_value("a", "2");
  trial.expect_value("b", "2");
  trial.expect_absent("c");
}

void computes_see_nothing(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1)))});
  trial.advance(seconds(1));
  trial.write({compute("a", [](const KeyValueEntry* current, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json(current == nullptr ? "null" : "there"));
  })});
  trial.expect_value("a", "null");
}

void lists_see_nothing(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1))), put("b", "1"), put("c", "1", after(seconds(2))),
               put("d", "1"), put("e", "1", after(seconds(1)))});
  trial.advance(seconds(1));
  KeyValueList request = trial.listing();
  expect_equal("the keys", keys_of(trial.list(request)), std::vector<std::string>{"b", "c", "d"});
  request.limit = 2;
  expect_equal("a page of two", keys_of(trial.list(request)), std::vector<std::string>{"b", "c"});
  request.reverse = true;
  expect_equal("the last two", keys_of(trial.list(request)), std::vector<std::string>{"d", "c"});
  request.keys_only = true;
  trial.advance(seconds(1));
  expect_equal("keys only", keys_of(trial.list(request)), std::vector<std::string>{"d", "b"});
}

void usage_counts_nothing(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1))), in_space("s", put("b", "1", after(seconds(2)))),
               put("c", "12345")});
  trial.write({put("a", "1", after(seconds(1)))}, "other tenant");
  expect_equal("the usage", trial.usage(),
               KeyValueUsage{3, {2 * trial.size(1, 1) + trial.size(1, 5)}});
  trial.advance(seconds(1));
  expect_equal("the usage after one has expired", trial.usage(),
               KeyValueUsage{2, {trial.size(1, 1) + trial.size(1, 5)}});
  expect_equal("the other tenant's usage", trial.usage("other tenant"), KeyValueUsage{});
  const std::map<std::string, KeyValueUsage> both = {{"s", {1, {trial.size(1, 1)}}},
                                                     {kSpace, {1, {trial.size(1, 5)}}}};
  expect_equal("the spaces", trial.value(trial.start_spaces(kTenant)), both);
  trial.advance(seconds(1));
  const std::map<std::string, KeyValueUsage> one = {{kSpace, {1, {trial.size(1, 5)}}}};
  expect_equal("the spaces later", trial.value(trial.start_spaces(kTenant)), one);
}

void tenants_of_nothing_else(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1)))}, "one");
  trial.write({put("a", "1")}, "two");
  expect_equal("the tenants", trial.tenants(), std::vector<std::string>{"one", "two"});
  trial.advance(seconds(1));
  expect_equal("the tenants later", trial.tenants(), std::vector<std::string>{"two"});
  expect_equal("spaces of a tenant whose entries expired", trial.value(trial.start_spaces("one")),
               std::map<std::string, KeyValueUsage>{});
}

void an_erase_counts_nothing(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1))), put("b", "1"), put("c", "1")});
  trial.advance(seconds(1));
  expect_equal("erased", trial.value(trial.start_erase(kTenant, kSpace)), std::uint64_t{2});
}

void quotas_count_nothing(Trial& trial) {
  trial.write({put("a", "1", after(seconds(1))), put("b", "1", after(seconds(1)))});
  KeyValueCommit commit = commit_of({put("c", "1"), put("d", "1")});
  commit.max_keys = 2;
  trial.expect_status(Status::kOverKeys, commit);
  trial.advance(seconds(1));
  trial.expect_status(Status::kCommitted, commit);
  expect_equal("the usage", trial.usage(), KeyValueUsage{2, {2 * trial.size(1, 1)}});

  trial.write({put("c", std::string(100, '1'), after(seconds(1)))});
  trial.advance(seconds(1));
  commit = commit_of({put("e", std::string(80, '1'))});
  commit.max_bytes = Bytes{trial.size(1, 1) + trial.size(1, 80)};
  trial.expect_status(Status::kCommitted, commit);
}

void what_expired_hides_no_growth(Trial& trial) {
  // As large as what it takes the place of, which was not the tenant's any more.
  const std::string large = std::string(100, '1');
  trial.write({put("a", large, after(seconds(1)))});
  trial.advance(seconds(1));
  KeyValueCommit commit = commit_of({put("a", large)});
  commit.max_bytes = Bytes{trial.size(1, 100) - 1};
  trial.expect_status(Status::kOverBytes, commit);
  commit.max_keys = 0;
  commit.max_bytes = Bytes{UINT64_MAX};
  trial.expect_status(Status::kOverKeys, commit);
  trial.expect_absent("a");
}

void bounds(Trial& trial) {
  const auto two = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json("2"));
  };
  for (const milliseconds time :
       {milliseconds(999), milliseconds(0), milliseconds(-1000),
        KeyValueStore::kMaxTtl + milliseconds(1), milliseconds::max(), milliseconds::min()}) {
    trial.expect_refused(trial.start_commit(commit_of({put("a", "1", after(time))})), "ttl");
    trial.expect_refused(trial.start_commit(commit_of({compute("a", two, after(time))})), "ttl");
  }
  trial.expect_absent("a");
  trial.write(
      {put("a", "1", after(KeyValueStore::kMinTtl)), put("b", "1", after(KeyValueStore::kMaxTtl))});
  trial.advance(seconds(1));
  trial.expect_absent("a");
  trial.advance(KeyValueStore::kMaxTtl - milliseconds(1001));
  trial.expect_value("b", "1");
  trial.advance(milliseconds(1));
  trial.expect_absent("b");
}

}  // namespace

std::vector<Case> expiry_cases() {
  return {
      {"expiry: an entry ends at the moment it was given", it_ends_at_the_moment},
      {"expiry: never", never},
      {"expiry: keep", keep},
      {"expiry: anew with each put", again},
      {"expiry: of what computes make", of_computes},
      {"expiry: conditions see nothing of what expired", conditions_see_nothing},
      {"expiry: computes see nothing of what expired", computes_see_nothing},
      {"expiry: lists see nothing of what expired", lists_see_nothing},
      {"expiry: usage and spaces count nothing that expired", usage_counts_nothing},
      {"expiry: a tenant of expired entries is none", tenants_of_nothing_else},
      {"expiry: an erase counts nothing that expired", an_erase_counts_nothing},
      {"expiry: quotas count nothing that expired", quotas_count_nothing},
      {"expiry: what expired hides no growth from a quota", what_expired_hides_no_growth},
      {"expiry: from one second to ten years", bounds},
  };
}

}  // namespace sublet::testing::conformance
