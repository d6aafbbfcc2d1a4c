// SPDX-License-Identifier: Apache-2.0
#include "sublet/key_value_data.h"

#include <doctest/doctest.h>

#include <thread>

#include "base/own_thread.h"
#include "unit/adapters/hooked_store.h"

namespace sublet {
namespace {

KeyValueValue json(std::string text) { return {KeyValueType::kJson, std::move(text)}; }

KeyValueList listing() {
  KeyValueList request;
  request.tenant = "tenant";
  request.space = "space";
  return request;
}

// Answers nothing until it is asked to, or ends.
class SilentStore final : public KeyValueStore {
 public:
  ~SilentStore() override { answer(); }
  void get(KeyValueGet,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    keep(std::move(done));
  }
  void list(KeyValueList, KeyValueCallback<KeyValuePage> done) noexcept override {
    keep(std::move(done));
  }
  void commit(KeyValueCommit, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    keep(std::move(done));
  }
  void usage(std::string, KeyValueCallback<KeyValueUsage> done) noexcept override {
    keep(std::move(done));
  }
  void spaces(std::string,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override {
    keep(std::move(done));
  }
  void erase(std::string, std::optional<std::string>,
             KeyValueCallback<std::uint64_t> done) noexcept override {
    keep(std::move(done));
  }
  void tenants(std::string, std::uint32_t,
               KeyValueCallback<std::vector<std::string>> done) noexcept override {
    keep(std::move(done));
  }
  void answer() {
    for (const auto& one : waiting_) one();
    waiting_.clear();
  }

 private:
  template <typename T>
  void keep(KeyValueCallback<T> done) {
    waiting_.push_back([done = std::move(done)] {
      done(Error{ErrorCode::kUnavailable, "the store has ended"});
    });
  }
  std::vector<std::function<void()>> waiting_;
};

}  // namespace

TEST_CASE("data: spaces have names of their own") {
  CHECK(own_space("crm") == "own/crm");
  CHECK(shared_space("crm") == "shared/crm");
}

TEST_CASE("data: reading and writing") {
  KeyValueData data(std::make_shared<MemoryKeyValueStore>());
  const KeyValueKey at{"space", "a"};
  CHECK_FALSE(data.get("tenant", at)->has_value());
  const auto version = data.put("tenant", at, json("1"));
  REQUIRE(version.has_value());
  const auto entry = data.get("tenant", at);
  REQUIRE(entry->has_value());
  CHECK((*entry)->value == json("1"));
  CHECK((*entry)->version == *version);
  CHECK(data.list(listing())->entries.size() == 1);
  CHECK(*data.usage("tenant") == KeyValueUsage{1, {2}});
  CHECK(data.spaces("tenant")->at("space") == KeyValueUsage{1, {2}});
  CHECK(*data.tenants() == std::vector<std::string>{"tenant"});
  CHECK(data.tenants("tenant")->empty());
  CHECK(*data.remove("tenant", at) == true);
  CHECK(*data.remove("tenant", at) == false);
  data.put("tenant", at, json("1"), KeyValueExpiry::after(std::chrono::seconds(100))).value();
  CHECK((*data.get("tenant", at))->expires_at.has_value());
  CHECK(*data.erase("tenant", "other") == 0);
  CHECK(*data.erase("tenant") == 1);
}

TEST_CASE("data: errors are the store's") {
  KeyValueData data(std::make_shared<MemoryKeyValueStore>());
  CHECK(data.get("", {"space", "a"}).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.put("tenant", {"space", ""}, json("1")).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.put("tenant", {"space", "a"}, json("1"), KeyValueExpiry::after({})).error().code ==
        ErrorCode::kInvalidArgument);
  CHECK(data.remove("tenant", {"", "a"}).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.tenants("", 0).error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("data: a store that gives no answer is waited for so long and no longer") {
  auto store = std::make_shared<SilentStore>();
  {
    KeyValueData data(store, std::chrono::milliseconds(5));
    const KeyValueKey at{"space", "a"};
    const auto codes = [](const auto& result) { return result.error().code; };
    CHECK(codes(data.get("tenant", at)) == ErrorCode::kUnavailable);
    CHECK(codes(data.list(listing())) == ErrorCode::kUnavailable);
    CHECK(codes(data.usage("tenant")) == ErrorCode::kUnavailable);
    CHECK(codes(data.spaces("tenant")) == ErrorCode::kUnavailable);
    CHECK(codes(data.tenants()) == ErrorCode::kUnavailable);
    CHECK(codes(data.put("tenant", at, json("1"))) == ErrorCode::kIndeterminate);
    CHECK(codes(data.remove("tenant", at)) == ErrorCode::kIndeterminate);
    CHECK(codes(data.erase("tenant")) == ErrorCode::kIndeterminate);
    CHECK(codes(data.export_lines("tenant", [](auto) { return true; })) == ErrorCode::kUnavailable);
    CHECK(data.usage("tenant").error().message == "the store gave no answer within 5 ms");
  }
  // Nobody waits any more, and what they waited with still lives.
  store->answer();
}

TEST_CASE("data: waits for answers from other threads, without end if need be") {
  // Answers from a thread.
  class LaterStore final : public HookedStore {
   public:
    LaterStore() : HookedStore({}, {}) {}
    ~LaterStore() override { thread_.join(); }
    void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override {
      thread_ = std::thread([this, tenant, done] { HookedStore::usage(tenant, done); });
    }

   private:
    std::thread thread_;
  };
  KeyValueData data(std::make_shared<LaterStore>(), std::chrono::milliseconds::max());
  CHECK(data.usage("tenant").has_value());
}

TEST_CASE("data: threads of Sublet's do not wait") {
  KeyValueData data(std::make_shared<MemoryKeyValueStore>());
  std::thread([&] {
    base::mark_own_thread();
    CHECK(data.usage("tenant").error().code == ErrorCode::kFailedPrecondition);
    CHECK(data.put("tenant", {"space", "a"}, json("1")).error().code ==
          ErrorCode::kFailedPrecondition);
    CHECK(data.export_lines("tenant", [](auto) { return true; }).error().code ==
          ErrorCode::kFailedPrecondition);
  }).join();
  CHECK(data.usage("tenant")->keys == 0);
}

}  // namespace sublet
