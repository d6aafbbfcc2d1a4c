// SPDX-License-Identifier: Apache-2.0

// A vault that is slow, or hangs: who waits for it, how long, and how many.
#include <future>
#include <set>
#include <string>
#include <vector>

#include "adapters/encrypted/encrypted_fixture.h"
#include "adapters/encrypted/recent.h"
#include "base/mutex.h"

namespace sublet {
namespace {

const KeyValueKey kAt{"space", "a"};

// A vault that answers about some tenants only when it is opened.
class SlowVault {
 public:
  explicit SlowVault(std::set<std::string> slow) : slow_(std::move(slow)) {}
  ~SlowVault() { open(); }
  SlowVault(const SlowVault&) = delete;
  SlowVault& operator=(const SlowVault&) = delete;

  EncryptionKeySource source() {
    return [this](std::string_view tenant, std::string_view) -> Result<EncryptionKey> {
      ++asked;
      const base::MutexLock lock(mutex_);
      while (!open_ && slow_.contains(std::string(tenant))) opened_.wait(mutex_);
      return Vault().key(1);
    };
  }
  void open() {
    const base::MutexLock lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

  std::atomic<int> asked{0};

 private:
  const std::set<std::string> slow_;
  base::Mutex mutex_;
  base::CondVar opened_;
  bool open_ SUBLET_GUARDED_BY(mutex_) = false;
};

std::shared_ptr<EncryptedKeyValueStore> encrypted(EncryptionKeySource source,
                                                  EncryptedKeyValueOptions options) {
  auto made = EncryptedKeyValueStore::create(std::make_shared<MemoryKeyValueStore>(),
                                             std::move(source), options);
  REQUIRE(made.has_value());
  return made.value();
}

// A put that is not waited for.
std::future<Result<KeyValueCommitted>> start_put(KeyValueStore& store, std::string tenant,
                                                 std::string key = "a", std::string value = "1") {
  KeyValueCommit commit;
  commit.tenant = std::move(tenant);
  commit.writes.resize(1);
  commit.writes[0].kind = KeyValueWrite::Kind::kPut;
  commit.writes[0].at = {"space", std::move(key)};
  commit.writes[0].value = json(std::move(value));
  auto promise = std::make_shared<std::promise<Result<KeyValueCommitted>>>();
  auto future = promise->get_future();
  store.commit(std::move(commit), [promise](Result<KeyValueCommitted> result) {
    promise->set_value(std::move(result));
  });
  return future;
}

bool is_answered(const std::future<Result<KeyValueCommitted>>& answer) {
  return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

TEST_CASE("encrypted: a vault that hangs for some tenants does not hold up the others") {
  SlowVault vault({"slow 1", "slow 2", "slow 3"});
  const auto store = encrypted(vault.source(), {.key_timeout = std::chrono::minutes(10)});
  std::vector<std::future<Result<KeyValueCommitted>>> waiting;
  for (const char* tenant : {"slow 1", "slow 2", "slow 3"}) {
    for (int i = 0; i < 20; ++i) {
      waiting.push_back(start_put(*store, tenant, std::to_string(i)));
    }
  }
  for (int i = 0; i < 50; ++i) {
    CHECK(start_put(*store, "tenant" + std::to_string(i)).get().has_value());
  }
  for (const auto& answer : waiting) CHECK_FALSE(is_answered(answer));
  vault.open();
  for (auto& answer : waiting) CHECK(answer.get().has_value());
}

TEST_CASE("encrypted: nobody waits for the vault for ever, and it is asked again") {
  SlowVault vault({"slow"});
  const auto store = encrypted(vault.source(), {.key_timeout = std::chrono::milliseconds(20)});
  for (int round = 0; round < 3; ++round) {
    std::vector<std::future<Result<KeyValueCommitted>>> waiting;
    for (int i = 0; i < 10; ++i) waiting.push_back(start_put(*store, "slow", std::to_string(i)));
    for (auto& answer : waiting) {
      const auto late = answer.get();
      REQUIRE_FALSE(late.has_value());
      CHECK(late.error().code == ErrorCode::kUnavailable);
      CHECK(late.error().message.find("within 20 ms") != std::string::npos);
    }
  }
  CHECK(vault.asked.load() == 1);  // it still is
  vault.open();
  // What it answers late is no more than that: the next call has it at once, or asks anew.
  Result<KeyValueCommitted> written = Error{};
  for (int i = 0; i < 1000 && !written.has_value(); ++i) {
    written = start_put(*store, "slow").get();
  }
  CHECK(written.has_value());
}

TEST_CASE("encrypted: only so many calls wait for keys, with so many bytes") {
  SlowVault vault({"slow", "slow 2"});
  EncryptedKeyValueOptions options;
  options.key_timeout = std::chrono::minutes(10);
  options.max_waiting = 10;
  options.max_waiting_bytes = Bytes{1000};
  const auto store = encrypted(vault.source(), options);
  std::vector<std::future<Result<KeyValueCommitted>>> waiting;
  // One is taken however large it is; two of them are too much, also of different tenants.
  waiting.push_back(start_put(*store, "slow", "large", std::string(2000, '1')));
  CHECK_FALSE(is_answered(waiting[0]));
  CHECK(start_put(*store, "slow 2").get().error().code == ErrorCode::kResourceExhausted);
  vault.open();
  CHECK(waiting[0].get().has_value());
  SlowVault other({"slow"});
  const auto second = encrypted(other.source(), options);
  waiting.clear();
  for (int i = 0; i < 10; ++i) waiting.push_back(start_put(*second, "slow", std::to_string(i)));
  for (const auto& answer : waiting) CHECK_FALSE(is_answered(answer));
  CHECK(start_put(*second, "slow").get().error().code == ErrorCode::kResourceExhausted);
  CHECK(start_put(*second, "other").get().error().code == ErrorCode::kResourceExhausted);
  other.open();
  for (auto& answer : waiting) CHECK(answer.get().has_value());
  // The places are free again.
  for (int i = 0; i < 30; ++i) {
    CHECK(start_put(*second, "tenant" + std::to_string(i)).get().has_value());
  }
}

TEST_CASE("encrypted: only so many tenants' keys are kept, those that were called last") {
  SlowVault vault({});
  const auto store = encrypted(vault.source(), {.max_known = 2});
  for (const char* tenant : {"a", "b", "c"}) CHECK(start_put(*store, tenant).get().has_value());
  CHECK(vault.asked.load() == 3);
  KeyValueData data(store);
  for (const char* tenant : {"b", "c"}) CHECK(data.get(tenant, kAt)->has_value());
  CHECK(vault.asked.load() == 3);
  CHECK(data.get("a", kAt)->has_value());
  CHECK(vault.asked.load() == 4);
  CHECK(data.get("b", kAt)->has_value());
  CHECK(vault.asked.load() == 5);
}

TEST_CASE("encrypted: options out of range name their field") {
  const auto refused = [](EncryptedKeyValueOptions options) {
    const auto made = EncryptedKeyValueStore::create(std::make_shared<MemoryKeyValueStore>(),
                                                     Vault().source(), options);
    if (made.has_value() || made.error().code != ErrorCode::kInvalidArgument) {
      return std::string("made");
    }
    return made.error().message.substr(0, made.error().message.find(' '));
  };
  CHECK(refused({.key_timeout = std::chrono::milliseconds(0)}) == "key_timeout");
  CHECK(refused({.key_timeout = std::chrono::minutes(11)}) == "key_timeout");
  CHECK(refused({.max_waiting = 0}) == "max_waiting");
  CHECK(refused({.max_known = 0}) == "max_known");
  CHECK(refused({.max_known = 1'000'001}) == "max_known");
}

TEST_CASE("encrypted: what is kept is what was used last") {
  adapters::Recent<int, std::string> recent(3);
  for (const int key : {1, 2, 3}) recent.put(key, std::to_string(key));
  REQUIRE(recent.find(1) != nullptr);
  CHECK(*recent.find(1) == "1");
  recent.put(4, "4");
  CHECK(recent.find(2) == nullptr);
  recent.put(3, "three");
  recent.put(5, "5");
  CHECK(recent.find(1) == nullptr);
  CHECK(*recent.find(3) == "three");
  recent.erase(3);
  recent.erase(7);
  CHECK(recent.find(3) == nullptr);
  CHECK(*recent.find(4) == "4");
  recent.clear();
  CHECK(recent.find(4) == nullptr);
}

}  // namespace sublet
