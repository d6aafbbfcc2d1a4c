// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sublet/testing/key_value_conformance.h"
#include "testing/calls.h"
#include "testing/expect.h"

namespace sublet::testing::conformance {

using Entries = std::vector<std::optional<KeyValueEntry>>;
using Status = KeyValueCommitted::Status;

// What most cases work on.
inline constexpr char kTenant[] = "tenant";
inline constexpr char kSpace[] = "space";

KeyValueValue json(std::string text);
KeyValueValue bytes(std::string data);
KeyValueWrite put(std::string key, std::string text, KeyValueExpiry expiry = {});
KeyValueWrite put(std::string key, KeyValueValue value, KeyValueExpiry expiry = {});
KeyValueWrite remove(std::string key);
KeyValueWrite check(std::string key, KeyValueCondition condition);
KeyValueWrite compute(std::string key, KeyValueCompute compute, KeyValueExpiry expiry = {});
KeyValueWrite in_space(std::string space, KeyValueWrite write);
KeyValueWrite provided(KeyValueCondition condition, KeyValueWrite write);
KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, std::string tenant = kTenant);
std::vector<std::string> keys_of(const KeyValuePage& page);

// One case at work on a store of its own.
//
// Ownership: of the thread that runs the case; the store under test.
// Thread safety: calls may be made and awaited on several threads; the rest is the case's own.
class Trial : public Calls {
 public:
  Trial(KeyValueSubject subject, Progress progress);

  // Opens the store; again after close(), with what the last one held.
  void open();
  void reopen();
  // Ends the store, after which every call has to be answered, once.
  void close();
  // One more store over what the present one holds, at the same time.
  std::unique_ptr<Trial> open_another();
  // Gives the store away, which no call may be made of any more.
  std::shared_ptr<KeyValueStore> take_store();

  KeyValueStore& store() { return *store_; }
  const KeyValueSubject& subject() const { return subject_; }
  // Bytes that an entry counts for.
  std::uint64_t size(std::size_t key, std::size_t value) const {
    return key + value + subject_.value_overhead;
  }

  // -- calls that are not waited for
  Pending<Entries> start_get(KeyValueGet request);
  Pending<KeyValuePage> start_list(KeyValueList request);
  Pending<KeyValueCommitted> start_commit(KeyValueCommit request);
  Pending<KeyValueUsage> start_usage(std::string tenant);
  Pending<std::map<std::string, KeyValueUsage>> start_spaces(std::string tenant);
  Pending<std::uint64_t> start_erase(std::string tenant, std::optional<std::string> space);
  Pending<std::vector<std::string>> start_tenants(std::string after, std::uint32_t limit);

  // -- calls that are waited for, of kTenant and kSpace unless told
  Entries get(std::vector<std::string> keys);
  std::optional<KeyValueEntry> get_one(std::string key, std::string space = kSpace,
                                       std::string tenant = kTenant);
  // That has to be there, or not.
  KeyValueEntry present(std::string key);
  void expect_absent(std::string key);
  void expect_value(std::string key, std::string_view text);
  KeyValueList listing(std::string prefix = {}) const;
  KeyValuePage list(KeyValueList request) { return value(start_list(std::move(request))); }
  KeyValueCommitted commit(KeyValueCommit request) {
    return value(start_commit(std::move(request)));
  }
  // That has to be done; answers its version.
  std::uint64_t write(std::vector<KeyValueWrite> writes, std::string tenant = kTenant);
  // That has to end so.
  KeyValueCommitted expect_status(Status status, KeyValueCommit request);
  KeyValueUsage usage(std::string tenant = kTenant) { return value(start_usage(tenant)); }
  std::vector<std::string> tenants() { return value(start_tenants({}, 1000)); }

 private:
  const KeyValueSubject subject_;
  std::shared_ptr<KeyValueStore> store_;
};

using Case = CaseOf<Trial>;

// The cases by subject, in the order of the suite.
std::vector<Case> entry_cases();
std::vector<Case> key_cases();
std::vector<Case> version_cases();
std::vector<Case> condition_cases();
std::vector<Case> compute_cases();
std::vector<Case> concurrency_cases();
std::vector<Case> expiry_cases();
std::vector<Case> list_cases();
std::vector<Case> separation_cases();
std::vector<Case> usage_cases();
std::vector<Case> refusal_cases();
std::vector<Case> callback_cases();
std::vector<Case> last_owner_cases();
std::vector<Case> durability_cases();
std::vector<Case> pair_cases();

}  // namespace sublet::testing::conformance
