// SPDX-License-Identifier: Apache-2.0

// The conformance suite can fail: each fault that is planted into a store is found, by the case
// that looks for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/conformance_test.h"
#include "unit/adapters/hooked_store.h"

namespace sublet {
namespace {

using Entries = std::vector<std::optional<KeyValueEntry>>;
using Kind = KeyValueWrite::Kind;
using Status = KeyValueCommitted::Status;

struct Fault {
  std::string name;
  std::string found_by;  // a part of the case's name
  StoreHooks hooks;
};

// Something done to every key of a request.
StoreHooks of_every_key(const std::function<void(KeyValueKey&)>& change) {
  StoreHooks hooks;
  hooks.get = [change](KeyValueGet& request) {
    for (KeyValueKey& key : request.keys) change(key);
  };
  hooks.commit = [change](KeyValueCommit& request) {
    for (KeyValueWrite& write : request.writes) change(write.at);
  };
  return hooks;
}

StoreHooks of_every_write(const std::function<void(KeyValueWrite&)>& change) {
  return {.commit = [change](KeyValueCommit& request) {
    for (KeyValueWrite& write : request.writes) change(write);
  }};
}

StoreHooks of_every_entry(const std::function<void(KeyValueEntry&)>& change) {
  return {.got = [change](Entries& entries) {
    for (auto& entry : entries) {
      if (entry.has_value()) change(*entry);
    }
  }};
}

std::vector<Fault> faults_of_entries() {
  return {
      {"puts store nothing new", "a put replaces", of_every_write([](KeyValueWrite& write) {
         if (write.value.data == "2") write.kind = Kind::kCheck;
       })},
      {"loses a remove", "a remove takes away", of_every_write([](KeyValueWrite& write) {
         if (write.kind == Kind::kRemove) write.kind = Kind::kCheck;
       })},
      {"answers in another order",
       "in the order of the request",
       {.got = [](Entries& entries) { std::reverse(entries.begin(), entries.end()); }}},
      {"answers a key once",
       "in the order of the request",
       {.got =
            [](Entries& entries) {
              std::set<std::string> seen;
              for (auto& entry : entries) {
                if (entry && !seen.insert(entry->value.data).second) entry.reset();
              }
            }}},
      {"writes JSON in its own way", "JSON comes back byte by byte",
       of_every_write([](KeyValueWrite& write) { std::erase(write.value.data, ' '); })},
      {"forgets the type", "a value's type is kept",
       of_every_entry([](KeyValueEntry& entry) { entry.value.type = KeyValueType::kJson; })},
      {"takes empty values for none",
       "empty values",
       {.got =
            [](Entries& entries) {
              for (auto& entry : entries) {
                if (entry && entry->value.data.empty()) entry.reset();
              }
            }}},
      {"cuts values at a byte 0", "values of all bytes",
       of_every_write([](KeyValueWrite& write) { write.value.data = write.value.data.c_str(); })},
      {"cuts keys at a byte 0", "keys: bytes 0",
       of_every_key([](KeyValueKey& at) { at.key = at.key.substr(0, at.key.find('\0', 1)); })},
      {"folds the case of keys", "cases of a letter", of_every_key([](KeyValueKey& at) {
         for (char& c : at.key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
       })},
      {"trims keys", "cases of a letter",
       of_every_key([](KeyValueKey& at) { at.key.erase(at.key.find_last_not_of(' ') + 1); })},
      {"loses characters beyond the first plane", "every plane of Unicode",
       of_every_key([](KeyValueKey& at) {
         if (static_cast<unsigned char>(at.key[0]) >= 0xF0) at.key = "?";
       })},
      {"joins space and key", "space and key are not joined", of_every_key([](KeyValueKey& at) {
         at = {"all", at.space + at.key};
       })},
      {"a stale version", "they are not 0 and grow",
       of_every_entry([](KeyValueEntry& entry) { --entry.version; })},
      {"tells nothing of what was there",
       "tells what was there before",
       {.committed =
            [](KeyValueCommitted& answer) {
              answer.existed.assign(answer.existed.size(), false);
            }}},
      {"tells no end", "ends at the moment",
       of_every_entry([](KeyValueEntry& entry) { entry.expires_at.reset(); })},
      {"another space answers too", "spaces with odd names",
       of_every_key([](KeyValueKey& at) { at.space = "one"; })},
  };
}

std::vector<Fault> faults_of_commits() {
  const auto without = [](KeyValueCondition::Kind kind) {
    return of_every_write([kind](KeyValueWrite& write) {
      if (write.condition.kind == kind) write.condition = {};
    });
  };
  return {
      {"ignores absent", "conditions: absent", without(KeyValueCondition::Kind::kAbsent)},
      {"ignores present", "conditions: present", without(KeyValueCondition::Kind::kPresent)},
      {"ignores versions", "conditions: version", without(KeyValueCondition::Kind::kVersion)},
      {"ignores the conditions of removes", "conditions: on removes",
       of_every_write([](KeyValueWrite& write) {
         if (write.kind == Kind::kRemove) write.condition = {};
       })},
      {"ignores the conditions of checks", "commits of checks only",
       of_every_write([](KeyValueWrite& write) {
         if (write.kind == Kind::kCheck) write.condition = {};
       })},
      {"names the first place",
       "the place that failed is told",
       {.committed = [](KeyValueCommitted& answer) { answer.failed = 0; }}},
      {"does not say what is in the way",
       "conditions: version",
       {.committed =
            [](KeyValueCommitted& answer) {
              if (answer.status == Status::kConflict) answer.version = 0;
            }}},
      {"takes a version of 0 for any", "conditions: version",
       of_every_write([](KeyValueWrite& write) {
         if (write.condition.version == 0) write.condition = {};
       })},
      {"hides the entry from computes", "one gets the entry that is there",
       of_every_write([](KeyValueWrite& write) { write.needs_current = false; })},
      {"tells computes another version", "one is told the version",
       of_every_write([](KeyValueWrite& write) {
         if (!write.compute) return;
         write.compute = [inner = write.compute](const KeyValueEntry* current,
                                                 std::uint64_t version) {
           return inner(current, version + 1);
         };
       })},
      {"loses a refusal's message",
       "one may refuse the commit",
       {.committed = [](KeyValueCommitted& answer) { answer.message.clear(); }}},
      {"a key too many",
       "quota: keys",
       {.commit =
            [](KeyValueCommit& request) {
              if (request.max_keys < UINT64_MAX) ++request.max_keys;
            }}},
      {"a byte too many",
       "quota: bytes",
       {.commit =
            [](KeyValueCommit& request) {
              if (request.max_bytes.count < UINT64_MAX) ++request.max_bytes.count;
            }}},
      {"a byte too few",
       "quota: bytes",
       {.commit =
            [](KeyValueCommit& request) {
              if (request.max_bytes.count > 0) --request.max_bytes.count;
            }}},
      {"never keeps an end", "expiry: keep", of_every_write([](KeyValueWrite& write) {
         if (write.expiry.kind == KeyValueExpiry::Kind::kKeep) write.expiry = {};
       })},
      {"lengthens short times", "from one second", of_every_write([](KeyValueWrite& write) {
         write.expiry.ttl = std::max(write.expiry.ttl, KeyValueStore::kMinTtl);
       })},
      {"cuts keys that are too long", "refusals: of commits",
       of_every_write([](KeyValueWrite& write) {
         write.at.key.resize(std::min(write.at.key.size(), KeyValueStore::kMaxKeyBytes));
       })},
  };
}

std::vector<Fault> faults_of_lists() {
  const auto listed = [](std::function<void(const KeyValueList&, KeyValuePage&)> change) {
    return StoreHooks{.listed = std::move(change)};
  };
  return {
      {"orders bytes as signed ones", "in the order of bytes",
       listed([](const KeyValueList&, KeyValuePage& page) {
         std::sort(page.entries.begin(), page.entries.end(), [](const auto& a, const auto& b) {
           return std::lexicographical_compare(
               a.key.begin(), a.key.end(), b.key.begin(), b.key.end(), [](char x, char y) {
                 return static_cast<signed char>(x) < static_cast<signed char>(y);
               });
         });
       })},
      {"no keys under a prefix of 0xff", "lists: prefixes",
       listed([](const KeyValueList& request, KeyValuePage& page) {
         if (request.prefix.ends_with('\xFF')) page = {};
       })},
      {"begins with the key after which to begin",
       "after keys that are not there",
       {.list =
            [](KeyValueList& request) {
              if (request.after && !request.after->empty() && !request.reverse)
                request.after->pop_back();
            }}},
      {"an entry too many",
       "lists: pages",
       {.list =
            [](KeyValueList& request) {
              if (request.limit < KeyValueStore::kMaxPage) ++request.limit;
            }}},
      {"says that there is no more", "lists: pages",
       listed([](const KeyValueList&, KeyValuePage& page) { page.more = false; })},
      {"leaves an entry out between pages", "pages while others write",
       listed([](const KeyValueList& request, KeyValuePage& page) {
         if (request.after && !page.entries.empty()) page.entries.erase(page.entries.begin());
       })},
      {"never backwards",
       "backwards with a prefix",
       {.list = [](KeyValueList& request) { request.reverse = false; }}},
      {"values though only keys were wanted",
       "keys only",
       {.list = [](KeyValueList& request) { request.keys_only = false; }}},
      {"pages of any size",
       "pages by bytes",
       {.list = [](KeyValueList& request) { request.max_bytes = Bytes{UINT64_MAX}; }}},
      {"loses times", "tell what a get tells", listed([](const KeyValueList&, KeyValuePage& page) {
         for (auto& entry : page.entries) entry.updated_at = {};
       })},
  };
}

std::vector<Fault> faults_of_the_rest() {
  return {
      {"leaks across tenants",
       "tenants with odd names",
       {.tenant = [](std::string& tenant) { tenant = tenant.substr(0, tenant.find('\0', 1)); }}},
      {"one tenant for all",
       "a commit is of its tenant",
       {.tenant = [](std::string& tenant) { tenant = "all"; }}},
      {"usage forgets keys' bytes",
       "exact through puts",
       {.used = [](KeyValueUsage& usage) { usage.bytes.count -= 3 * usage.keys; }}},
      {"commits tell another usage",
       "exact through puts",
       {.committed = [](KeyValueCommitted& answer) { ++answer.usage.keys; }}},
      {"spaces are told that have nothing",
       "spaces are counted",
       {.spaces = [](std::map<std::string, KeyValueUsage>& spaces) { spaces["gone"] = {}; }}},
      {"erases all spaces",
       "a space is erased",
       {.erase = [](std::optional<std::string>& space) { space.reset(); }}},
      {"does not say how many were erased",
       "a tenant is erased",
       {.erased = [](std::uint64_t& count) { count = 1; }}},
      {"tenants in any order",
       "tenants come by pages",
       {.tenants =
            [](std::vector<std::string>& names) { std::reverse(names.begin(), names.end()); }}},
  };
}

testing::KeyValueSubject subject_of(
    std::function<std::shared_ptr<KeyValueStore>(KeyValueClock)> open) {
  testing::KeyValueSubject subject;
  subject.open = std::move(open);
  return subject;
}

void expect_found(const std::string& name, const testing::KeyValueSubject& subject,
                  const std::string& found_by) {
  const auto failures = testing::run_key_value_conformance(subject, found_by);
  CHECK_MESSAGE(!failures.empty(), name << " was not found by: " << found_by);
  for (const auto& failure : failures) CHECK_MESSAGE(failure.what.size() > 10, failure.name);
}

void expect_all_found(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    // The case passes without the fault, and is one.
    const auto hooked = [](StoreHooks hooks) {
      return subject_of([hooks](KeyValueClock clock) {
        return std::make_shared<HookedStore>(std::move(clock), hooks);
      });
    };
    CHECK(testing::run_key_value_conformance(hooked({}), fault.found_by).empty());
    expect_found(fault.name, hooked(fault.hooks), fault.found_by);
  }
}

// Faults in how a store answers, and not in what.
class ForgetfulStore final : public HookedStore {
 public:
  explicit ForgetfulStore(KeyValueClock clock) : HookedStore(std::move(clock), {}) {}
  void get(KeyValueGet request, KeyValueCallback<Entries> done) noexcept override {
    if (++gets_ % 5 != 0) HookedStore::get(std::move(request), std::move(done));
  }

 private:
  int gets_ = 0;
};

class RepeatingStore final : public HookedStore {
 public:
  explicit RepeatingStore(KeyValueClock clock) : HookedStore(std::move(clock), {}) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    HookedStore::commit(std::move(request), [done](Result<KeyValueCommitted> result) {
      done(result);
      done(std::move(result));
    });
  }
};

// Does one write of a commit after the other.
class PiecemealStore final : public HookedStore {
 public:
  explicit PiecemealStore(KeyValueClock clock) : HookedStore(std::move(clock), {}) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    Result<KeyValueCommitted> last = KeyValueCommitted{};
    for (KeyValueWrite& write : request.writes) {
      KeyValueCommit one{request.tenant, {std::move(write)}, request.max_keys, request.max_bytes};
      HookedStore::commit(std::move(one), [&](auto result) { last = std::move(result); });
      if (!last || last->status != Status::kCommitted) break;
    }
    done(std::move(last));
  }
};

// Reads, computes and writes with others in between.
class RacingStore final : public HookedStore {
 public:
  explicit RacingStore(KeyValueClock clock) : HookedStore(std::move(clock), {}) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    for (KeyValueWrite& write : request.writes) {
      if (write.kind != Kind::kCompute) continue;
      std::optional<KeyValueEntry> current;
      inner_->get({request.tenant, {write.at}}, [&](auto result) { current = (*result)[0]; });
      for (int i = 0; i < 20; ++i) std::this_thread::yield();
      write.value = **write.compute(current ? &*current : nullptr, 1);
      write.kind = Kind::kPut;
    }
    HookedStore::commit(std::move(request), std::move(done));
  }
};

// Answers while it holds its lock.
class LockingStore final : public HookedStore {
 public:
  explicit LockingStore(KeyValueClock clock) : HookedStore(std::move(clock), {}) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    const std::lock_guard<std::mutex> lock(mutex_);
    HookedStore::commit(std::move(request), std::move(done));
  }

 private:
  std::mutex mutex_;
};

// Begins its versions anew when a tenant is erased.
class ForgettingStore final : public HookedStore {
 public:
  explicit ForgettingStore(KeyValueClock clock) : HookedStore(clock, {}), clock_(clock) {}
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override {
    if (!space.has_value()) inner_ = std::make_shared<MemoryKeyValueStore>(clock_);
    HookedStore::erase(std::move(tenant), std::move(space), std::move(done));
  }

 private:
  const KeyValueClock clock_;
};

template <typename Store>
testing::KeyValueSubject subject_with(
    std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  auto subject =
      subject_of([](KeyValueClock clock) { return std::make_shared<Store>(std::move(clock)); });
  subject.patience = patience;
  return subject;
}

}  // namespace

TEST_CASE("conformance: faults of entries are found") { expect_all_found(faults_of_entries()); }

TEST_CASE("conformance: faults of commits are found") { expect_all_found(faults_of_commits()); }

TEST_CASE("conformance: faults of lists are found") { expect_all_found(faults_of_lists()); }

TEST_CASE("conformance: faults of tenants, spaces and usage are found") {
  expect_all_found(faults_of_the_rest());
}

TEST_CASE("conformance: answers that do not come, or come twice, are found") {
  const std::chrono::milliseconds short_patience(100);
  expect_found("a forgotten callback", subject_with<ForgetfulStore>(short_patience),
               "they are not 0 and grow");
  expect_found("a forgotten callback", subject_with<ForgetfulStore>(short_patience),
               "a store that ends answers");
  expect_found("a forgotten callback", subject_with<ForgetfulStore>(short_patience),
               "inside the answer of a commit");
  expect_found("a repeated callback", subject_with<RepeatingStore>(), "a put is read");
}

TEST_CASE("conformance: a store that stands still is left behind") {
  expect_found("a callback under the lock",
               subject_with<LockingStore>(std::chrono::milliseconds(100)),
               "a commit from the answer of another");
}

TEST_CASE("conformance: commits in pieces, and races, are found") {
  expect_found("commits in pieces", subject_with<PiecemealStore>(), "as a whole or not at all");
  expect_found("commits in pieces", subject_with<PiecemealStore>(), "one for all entries");
  expect_found("a race", subject_with<RacingStore>(), "every increment counts");
  expect_found("versions given again", subject_with<ForgettingStore>(),
               "given again after an erase");
}

TEST_CASE("conformance: wrong clocks are found") {
  const auto with_clock = [](auto change) {
    return subject_of([change](KeyValueClock clock) {
      return std::make_shared<MemoryKeyValueStore>([clock, change] { return change(clock()); });
    });
  };
  const auto stopped = subject_of([](const KeyValueClock& clock) {
    return std::make_shared<MemoryKeyValueStore>([start = clock()] { return start; });
  });
  expect_found("expired entries are shown", stopped, "ends at the moment");
  expect_found("expired entries are listed", stopped, "lists see nothing");
  expect_found("expired entries are counted", stopped, "usage and spaces count nothing");
  expect_found("quotas count what expired", stopped, "quotas count nothing");
  const auto late = with_clock([](KeyValueTime now) { return now - std::chrono::milliseconds(1); });
  expect_found("a millisecond late", late, "ends at the moment");
  const auto seconds = with_clock(
      [](KeyValueTime now) { return KeyValueTime(std::chrono::floor<std::chrono::seconds>(now)); });
  expect_found("times of whole seconds", seconds, "update times are the clock's");
  expect_found("the machine's clock", subject_of([](const KeyValueClock&) {
                 return std::make_shared<MemoryKeyValueStore>();
               }),
               "update times are the clock's");
}

TEST_CASE("conformance: what is lost between two openings is found") {
  auto subject = subject_with<MemoryKeyValueStore>();
  subject.reopen = subject.open;
  for (const char* name : {"entries are there", "versions go on", "expiry goes on",
                           "an erase stays", "as the store ended is there"}) {
    expect_found("nothing is kept", subject, name);
  }
}

TEST_CASE("conformance: two stores that are not over the same data are found") {
  auto subject = subject_with<MemoryKeyValueStore>();
  subject.open_another = subject.open;
  for (const char* name : {"each sees", "across both", "of both count", "an erase is of both",
                           "quotas are of both", "the other goes on"}) {
    expect_found("nothing is shared", subject, name);
  }
}

TEST_CASE("conformance: stores that cannot be opened are told") {
  const auto failures = testing::run_key_value_conformance(
      subject_of([](const KeyValueClock&) { return nullptr; }), "a put is read");
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].what.find("open()") != std::string::npos);
}

TEST_CASE("conformance: cases have names of their own") {
  const auto names = testing::key_value_conformance_cases();
  CHECK(names.size() >= 70);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
}

}  // namespace sublet
