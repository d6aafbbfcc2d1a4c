// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

// Requests outside the bounds of KeyValueStore: kInvalidArgument, with a message that names what.
namespace sublet::testing::conformance {
namespace {

using Store = KeyValueStore;

std::string name_too_long() { return std::string(Store::kMaxNameBytes + 1, 'n'); }
std::string key_too_long() { return std::string(Store::kMaxKeyBytes + 1, 'k'); }

void gets(Trial& trial) {
  const auto refused = [&](const char* field, KeyValueGet request) {
    trial.expect_refused(trial.start_get(std::move(request)), field);
  };
  refused("tenant", {"", {{"s", "k"}}});
  refused("tenant", {name_too_long(), {{"s", "k"}}});
  refused("keys", {"t", {}});
  refused("keys", {"t", std::vector<KeyValueKey>(Store::kMaxKeysPerCall + 1, {"s", "k"})});
  refused("space", {"t", {{"s", "k"}, {"", "k"}}});
  refused("space", {"t", {{name_too_long(), "k"}}});
  refused("key", {"t", {{"s", "k"}, {"s", ""}}});
  refused("key", {"t", {{"s", key_too_long()}}});
}

void lists(Trial& trial) {
  const auto refused = [&](const char* field, const auto& change) {
    KeyValueList request = trial.listing();
    change(request);
    trial.expect_refused(trial.start_list(std::move(request)), field);
  };
  refused("tenant", [](KeyValueList& request) { request.tenant.clear(); });
  refused("tenant", [](KeyValueList& request) { request.tenant = name_too_long(); });
  refused("space", [](KeyValueList& request) { request.space.clear(); });
  refused("space", [](KeyValueList& request) { request.space = name_too_long(); });
  refused("prefix", [](KeyValueList& request) { request.prefix = key_too_long(); });
  refused("after", [](KeyValueList& request) { request.after = key_too_long(); });
  refused("limit", [](KeyValueList& request) { request.limit = 0; });
  refused("limit", [](KeyValueList& request) { request.limit = Store::kMaxPage + 1; });
}

void commits(Trial& trial) {
  const auto refused = [&](const char* field, KeyValueCommit request) {
    trial.expect_refused(trial.start_commit(std::move(request)), field);
  };
  refused("tenant", commit_of({put("k", "1")}, ""));
  refused("tenant", commit_of({put("k", "1")}, name_too_long()));
  refused("writes", commit_of({}));
  std::vector<KeyValueWrite> many;
  for (std::size_t i = 0; i <= Store::kMaxWrites; ++i) many.push_back(put(std::to_string(i), "1"));
  refused("writes", commit_of(std::move(many)));
  refused("space", commit_of({put("a", "1"), in_space("", put("k", "1"))}));
  refused("space", commit_of({put("a", "1"), in_space(name_too_long(), remove("k"))}));
  refused("key", commit_of({put("a", "1"), put("", "1")}));
  refused("key", commit_of({put("a", "1"), check(key_too_long(), {})}));
  refused("twice", commit_of({put("a", "1"), put("b", "1"), remove("a")}));
  refused("twice", commit_of({check("a", {}), put("a", "1")}));
  refused("compute", commit_of({put("a", "1"), compute("k", {})}));
  refused("value",
          commit_of({put("a", "1"), put("k", std::string(Store::kMaxValueBytes + 1, '1'))}));
  expect_equal("the usage after refusals", trial.usage(), KeyValueUsage{});
  trial.write({put("a", "1"), in_space("other", put("a", "1"))});
}

void the_rest(Trial& trial) {
  const std::string long_name = name_too_long();
  trial.expect_refused(trial.start_usage(""), "tenant");
  trial.expect_refused(trial.start_usage(long_name), "tenant");
  trial.expect_refused(trial.start_spaces(""), "tenant");
  trial.expect_refused(trial.start_spaces(long_name), "tenant");
  trial.expect_refused(trial.start_erase("", std::nullopt), "tenant");
  trial.expect_refused(trial.start_erase(long_name, std::nullopt), "tenant");
  trial.expect_refused(trial.start_erase(kTenant, ""), "space");
  trial.expect_refused(trial.start_erase(kTenant, long_name), "space");
  trial.expect_refused(trial.start_tenants("", 0), "limit");
  trial.expect_refused(trial.start_tenants("", Store::kMaxPage + 1), "limit");
}

}  // namespace

std::vector<Case> refusal_cases() {
  return {
      {"refusals: of gets", gets},
      {"refusals: of lists", lists},
      {"refusals: of commits", commits},
      {"refusals: of the host's calls", the_rest},
  };
}

}  // namespace sublet::testing::conformance
