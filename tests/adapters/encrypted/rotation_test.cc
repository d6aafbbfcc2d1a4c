// SPDX-License-Identifier: Apache-2.0

// Keys are changed while calls go on, by several machines.
#include <future>
#include <thread>

#include "adapters/encrypted/encrypted_fixture.h"
#include "adapters/encrypted/keyring.h"

namespace sublet {
namespace {

using Status = KeyValueCommitted::Status;

Result<std::uint64_t> wait(const std::function<void(KeyValueCallback<std::uint64_t>)>& start) {
  auto promise = std::make_shared<std::promise<Result<std::uint64_t>>>();
  start([promise](Result<std::uint64_t> result) { promise->set_value(std::move(result)); });
  return promise->get_future().get();
}

Result<std::uint64_t> rotate(EncryptedKeyValueStore& store, const std::string& tenant = "tenant") {
  return wait([&](auto done) { store.rotate(tenant, std::move(done)); });
}

Result<std::uint64_t> rewrap(EncryptedKeyValueStore& store, const std::string& tenant = "tenant") {
  return wait([&](auto done) { store.rewrap(tenant, std::move(done)); });
}

adapters::KeyringRecord record_of(const std::shared_ptr<KeyValueStore>& inner) {
  const auto entry =
      KeyValueData(inner).get("tenant", {adapters::kKeyringSpace, adapters::kKeyringKey});
  REQUIRE(entry->has_value());
  const auto record = adapters::KeyringRecord::parse((*entry)->value.data);
  REQUIRE(record.has_value());
  return *record;
}

KeyValueCommit increment(const std::string& key) {
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.resize(1);
  KeyValueWrite& write = commit.writes[0];
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {"space", key};
  write.compute = [](const KeyValueEntry* current, std::uint64_t) {
    const int before = current == nullptr ? 0 : std::stoi(current->value.data);
    return Result<std::optional<KeyValueValue>>(json(std::to_string(before + 1)));
  };
  return commit;
}

}  // namespace

TEST_CASE("encrypted: a rotation encrypts every value anew and forgets the older key") {
  auto now = std::make_shared<KeyValueTime>(std::chrono::milliseconds(1'000'000));
  auto inner = std::make_shared<MemoryKeyValueStore>([now] { return *now; });
  Vault vault;
  auto store = encrypted(inner, vault.source());
  KeyValueData data(store);
  CHECK(*rotate(*store) == 0);
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    data.put("tenant", {"space" + std::to_string(i % 3), number}, json(number),
             i % 2 == 0 ? KeyValueExpiry::never() : KeyValueExpiry::after(std::chrono::hours(1)))
        .value();
  }
  const std::string old_id = record_of(inner).keys.at(0).id;
  CHECK(everything(inner, "tenant").find(old_id) != std::string::npos);
  const auto usage = data.usage("tenant").value();
  *now += std::chrono::minutes(1);
  CHECK(*rotate(*store) == 300);
  const auto record = record_of(inner);
  CHECK(record.keys.size() == 1);
  CHECK(record.keys[0].id != old_id);
  CHECK(everything(inner, "tenant").find(old_id) == std::string::npos);
  CHECK(data.usage("tenant").value() == usage);
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    const auto entry = data.get("tenant", {"space" + std::to_string(i % 3), number}).value();
    REQUIRE(entry.has_value());
    CHECK(entry->value == json(number));
    CHECK(entry->expires_at.has_value() == (i % 2 == 1));
    if (entry->expires_at) CHECK(*entry->expires_at == *now + std::chrono::minutes(59));
    CHECK(entry->updated_at == *now);
  }
}

TEST_CASE("encrypted: a rewrap leaves values as they are") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  auto store = encrypted(inner, vault.source());
  KeyValueData data(store);
  CHECK(*rewrap(*store) == 0);
  const auto version = data.put("tenant", {"space", "a"}, json("1")).value();
  CHECK(record_of(inner).keys[0].host_id == "1");
  vault.present = 2;
  CHECK(*rewrap(*store) == 1);
  CHECK(record_of(inner).keys[0].host_id == "2");
  CHECK((*data.get("tenant", {"space", "a"}))->version == version);
  // Without the older key of the host's.
  auto only_new = encrypted(inner, [&](std::string_view, std::string_view id) {
    return id == "1" ? Result<EncryptionKey>(Error{ErrorCode::kNotFound, "gone"}) : vault.key(2);
  });
  CHECK((*KeyValueData(only_new).get("tenant", {"space", "a"}))->value == json("1"));
  CHECK(data.put("tenant", {"space", "a"}, json("2")).has_value());
  vault.failing = true;
  CHECK(rewrap(*store).error().code == ErrorCode::kUnavailable);
  CHECK(rotate(*store).error().code == ErrorCode::kUnavailable);
  CHECK(rotate(*store, "").error().code == ErrorCode::kInvalidArgument);
  CHECK(rewrap(*store, "").error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("encrypted: a rotation that meets a broken value forgets no key") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  auto store = encrypted(inner, vault.source());
  KeyValueData data(store);
  data.put("tenant", {"space", "a"}, json("1")).value();
  data.put("tenant", {"space", "b"}, json("1")).value();
  KeyValueData(inner).put("tenant", {"space", "b"}, json("rubbish")).value();
  CHECK(rotate(*store).error().code == ErrorCode::kInternal);
  CHECK(record_of(inner).keys.size() == 2);
  CHECK(data.get("tenant", {"space", "a"}).has_value());
  CHECK(*data.remove("tenant", {"space", "b"}));
  CHECK(rotate(*store).has_value());
  CHECK(record_of(inner).keys.size() == 1);
  CHECK((*data.get("tenant", {"space", "a"}))->value == json("1"));
}

TEST_CASE("encrypted: two stores over one agree on a key") {
  for (int round = 0; round < 20; ++round) {
    auto inner = std::make_shared<MemoryKeyValueStore>();
    Vault vault;
    auto one = encrypted(inner, vault.source());
    auto two = encrypted(inner, vault.source());
    std::thread other([&] { KeyValueData(two).put("tenant", {"space", "b"}, json("2")).value(); });
    KeyValueData(one).put("tenant", {"space", "a"}, json("1")).value();
    other.join();
    CHECK((*KeyValueData(one).get("tenant", {"space", "b"}))->value == json("2"));
    CHECK((*KeyValueData(two).get("tenant", {"space", "a"}))->value == json("1"));
    CHECK(record_of(inner).keys.size() == 1);
  }
}

TEST_CASE("encrypted: a store hears of a rotation by another one") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  auto one = encrypted(inner, vault.source());
  auto two = encrypted(inner, vault.source());
  KeyValueData first(one);
  KeyValueData second(two);
  first.put("tenant", {"space", "a"}, json("1")).value();
  CHECK(second.get("tenant", {"space", "a"}).has_value());
  CHECK(*rotate(*one) == 1);
  // With the key that was forgotten nothing is written.
  CHECK(second.put("tenant", {"space", "b"}, json("2")).has_value());
  CHECK((*first.get("tenant", {"space", "b"}))->value == json("2"));
  CHECK(*rotate(*one) == 2);
  CHECK((*second.get("tenant", {"space", "a"}))->value == json("1"));
  CHECK(*first.erase("tenant") == 2);
  CHECK(second.put("tenant", {"space", "c"}, json("3")).has_value());
  CHECK((*first.get("tenant", {"space", "c"}))->value == json("3"));
}

TEST_CASE("encrypted: keys change under load, and nothing is lost") {
  constexpr int kThreads = 3;
  constexpr int kEach = 400;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  std::vector<std::shared_ptr<EncryptedKeyValueStore>> stores = {encrypted(inner, vault.source()),
                                                                 encrypted(inner, vault.source())};
  std::atomic<int> busy{kThreads};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      KeyValueData data(stores[static_cast<std::size_t>(thread % 2)]);
      for (int i = 0; i < kEach; ++i) {
        const auto committed = data.commit(increment(std::to_string(i % 10)));
        CHECK(committed.has_value());
        if (committed) CHECK(committed->status == Status::kCommitted);
        const auto read = data.get("tenant", {"space", std::to_string(i % 10)});
        CHECK(read.has_value());
        if (!read) MESSAGE(read.error().message);
      }
      --busy;
    });
  }
  int changes = 0;
  while (busy > 0 && changes < 2000) {
    vault.present = 1 + changes % 5;
    const auto changed = changes % 3 == 0 ? rewrap(*stores[1]) : rotate(*stores[0]);
    CHECK(changed.has_value());
    if (!changed) MESSAGE(changed.error().message);
    ++changes;
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(changes > 1);
  CHECK(rotate(*stores[0]).has_value());
  CHECK(record_of(inner).keys.size() == 1);
  int sum = 0;
  KeyValueData data(stores[1]);
  for (int i = 0; i < 10; ++i) {
    sum += std::stoi((*data.get("tenant", {"space", std::to_string(i)}))->value.data);
  }
  CHECK(sum == kThreads * kEach);
}

TEST_CASE("encrypted: rotations that fail do not use up the keyring") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  auto store = encrypted(inner, vault.source());
  KeyValueData data(store);
  data.put("tenant", {"space", "a"}, json("1")).value();
  const std::string first_id = record_of(inner).keys.at(0).id;
  KeyValueData(inner).put("tenant", {"space", "b"}, json("rubbish")).value();
  for (int i = 0; i < 40; ++i) CHECK(rotate(*store).error().code == ErrorCode::kInternal);
  CHECK(record_of(inner).keys.size() == 2);
  CHECK(*data.remove("tenant", {"space", "b"}));
  CHECK(rotate(*store).has_value());
  const auto record = record_of(inner);
  CHECK(record.keys.size() == 1);
  CHECK(record.keys[0].id != first_id);
  CHECK((*data.get("tenant", {"space", "a"}))->value == json("1"));
  // The next one has nothing to go on with.
  CHECK(*rotate(*store) == 1);
  CHECK(record_of(inner).keys.at(0).id != record.keys[0].id);
}

TEST_CASE("encrypted: a rotation over many spaces needs no deep stack") {
  constexpr int kSpaces = 20'000;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  auto store = encrypted(inner, vault.source());
  for (int from = 0; from < kSpaces; from += 200) {
    KeyValueCommit commit;
    commit.tenant = "tenant";
    commit.writes.resize(200);
    for (int i = 0; i < 200; ++i) {
      KeyValueWrite& write = commit.writes[static_cast<std::size_t>(i)];
      write.kind = KeyValueWrite::Kind::kPut;
      write.at = {"space" + std::to_string(from + i), "a"};
    }
    REQUIRE(KeyValueData(store).commit(std::move(commit)).has_value());
  }
  CHECK(*rotate(*store) == kSpaces);
}

TEST_CASE("encrypted: pages of tenants that have only data keys need no deep stack") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  KeyValueData bare(inner);
  for (int i = 0; i < 30'000; ++i) {
    bare.put(std::to_string(i), {adapters::kKeyringSpace, adapters::kKeyringKey}, json("1"))
        .value();
  }
  bare.put("last", {"space", "a"}, json("1")).value();
  Vault vault;
  auto store = encrypted(inner, vault.source());
  CHECK(KeyValueData(store).tenants("", 1).value() == std::vector<std::string>{"last"});
}

}  // namespace sublet
