// SPDX-License-Identifier: Apache-2.0

// Whoever can write to the store behind the envelope is found out by the first read.
#include "adapters/encrypted/encrypted_fixture.h"
#include "adapters/encrypted/keyring.h"
#include "unit/adapters/hooked_store.h"

namespace sublet {
namespace {

using Entry = std::optional<KeyValueEntry>;

// An encrypted store over one whose answers are changed on the way.
struct Tampered {
  Tampered() {
    StoreHooks hooks;
    hooks.got = [this](std::vector<Entry>& entries) {
      // Not the keyring.
      for (Entry& entry : entries) {
        if (entry && change && entry->key != adapters::kKeyringKey) change(*entry);
      }
    };
    hooks.listed = [this](const KeyValueList&, KeyValuePage& page) {
      for (KeyValueEntry& entry : page.entries) {
        if (change) change(entry);
      }
    };
    inner = std::make_shared<HookedStore>(KeyValueClock(), hooks);
    store = encrypted(inner, vault.source());
  }

  KeyValueEntry raw(const std::string& tenant, const KeyValueKey& at) {
    const auto kept = std::exchange(change, nullptr);
    KeyValueEntry entry = *KeyValueData(inner).get(tenant, at).value();
    change = kept;
    return entry;
  }
  // That the change is found, by a get, a list and a compute.
  void expect_found(const std::string& tenant, const KeyValueKey& at) {
    KeyValueData data(store);
    const auto got = data.get(tenant, at);
    CHECK_FALSE(got.has_value());
    if (!got) {
      CHECK(got.error().code == ErrorCode::kInternal);
      CHECK(got.error().message.find(tenant) != std::string::npos);
      CHECK(got.error().message.find(at.space) != std::string::npos);
      CHECK(got.error().message.find(at.key) != std::string::npos);
    }
    KeyValueList request;
    request.tenant = tenant;
    request.space = at.space;
    CHECK(data.list(request).error().code == ErrorCode::kInternal);
  }

  Vault vault;
  std::function<void(KeyValueEntry&)> change;
  std::shared_ptr<HookedStore> inner;
  std::shared_ptr<EncryptedKeyValueStore> store;
};

}  // namespace

TEST_CASE("encrypted: nothing of a value is in the store") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  Vault vault;
  KeyValueData data(encrypted(inner, vault.source()));
  const std::string secret = "a secret that nobody may read";
  data.put("tenant", {"space", "a"}, json("\"" + secret + "\"")).value();
  data.put("tenant", {"space", "b"}, {KeyValueType::kBytes, secret}).value();
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {"space", "c"};
  write.compute = [&](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json(secret));
  };
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.push_back(write);
  CHECK(data.commit(commit)->status == KeyValueCommitted::Status::kCommitted);
  const std::string all = everything(inner, "tenant");
  CHECK(all.size() > 200);
  for (std::size_t at = 0; at + 6 < secret.size(); ++at) {
    CHECK(all.find(secret.substr(at, 6)) == std::string::npos);
  }
  CHECK(all.find(std::string(8, '\x01')) == std::string::npos);  // the host's key
  CHECK((*data.get("tenant", {"space", "c"}))->value == json(secret));
}

TEST_CASE("encrypted: the space of data keys is not there") {
  Vault vault;
  auto store = encrypted(std::make_shared<MemoryKeyValueStore>(), vault.source());
  KeyValueData data(store);
  data.put("tenant", {"space", "a"}, json("1")).value();
  CHECK(data.spaces("tenant")->size() == 1);
  CHECK(data.usage("tenant")->keys == 1);
  KeyValueList request;
  request.tenant = "tenant";
  request.space = "sublet/data-keys";
  CHECK(data.list(request).error().code == ErrorCode::kInvalidArgument);
  const KeyValueKey keyring{request.space, "keyring"};
  CHECK(data.get("tenant", keyring).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.put("tenant", keyring, json("1")).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.remove("tenant", keyring).error().code == ErrorCode::kInvalidArgument);
  CHECK(data.erase("tenant", request.space).error().code == ErrorCode::kInvalidArgument);
  CHECK(*data.erase("tenant") == 1);
  CHECK(data.tenants()->empty());
}

TEST_CASE("encrypted: each byte of a value counts") {
  Tampered tampered;
  KeyValueData data(tampered.store);
  const KeyValueKey at{"space", "key-a"};
  data.put("tenant", at, json("\"text\"")).value();
  const std::size_t size = tampered.raw("tenant", at).value.data.size();
  for (std::size_t i = 0; i < size; ++i) {
    tampered.change = [i](KeyValueEntry& entry) {
      entry.value.data[i] = static_cast<char>(entry.value.data[i] ^ 1);
    };
    tampered.expect_found("tenant", at);
  }
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{20}, size - 1}) {
    tampered.change = [cut](KeyValueEntry& entry) { entry.value.data.resize(cut); };
    tampered.expect_found("tenant", at);
  }
  tampered.change = [](KeyValueEntry& entry) { entry.value = json("\"in the clear\""); };
  tampered.expect_found("tenant", at);
  tampered.change = [](KeyValueEntry& entry) { entry.version += 1; };
  tampered.expect_found("tenant", at);
  tampered.change = nullptr;
  CHECK((*data.get("tenant", at))->value == json("\"text\""));
}

TEST_CASE("encrypted: a value stays where it is") {
  Tampered tampered;
  KeyValueData data(tampered.store);
  const KeyValueKey at{"space", "key-a"};
  // At the same version of their tenants.
  KeyValueCommit commit;
  for (const auto& [space, key] :
       {std::pair("space", "key-a"), {"space", "key-b"}, {"other", "key-a"}}) {
    KeyValueWrite write;
    write.kind = KeyValueWrite::Kind::kPut;
    write.at = {space, key};
    write.value = json("1");
    commit.writes.push_back(std::move(write));
  }
  for (const char* tenant : {"tenant", "tenant2"}) {
    commit.tenant = tenant;
    CHECK(data.commit(commit)->status == KeyValueCommitted::Status::kCommitted);
  }
  const KeyValueEntry here = tampered.raw("tenant", at);
  for (const KeyValueEntry& other :
       {tampered.raw("tenant", {"space", "key-b"}), tampered.raw("tenant", {"other", "key-a"}),
        tampered.raw("tenant2", at)}) {
    CHECK(other.version == here.version);
    tampered.change = [&](KeyValueEntry& entry) { entry.value = other.value; };
    tampered.expect_found("tenant", at);
  }
  // An old value of the same entry.
  tampered.change = nullptr;
  data.put("tenant", at, json("2")).value();
  tampered.change = [&](KeyValueEntry& entry) { entry.value = here.value; };
  tampered.expect_found("tenant", at);
}

TEST_CASE("encrypted: computes meet what was tampered with too") {
  Vault vault;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  KeyValueData data(encrypted(inner, vault.source()));
  data.put("tenant", {"space", "a"}, json("1")).value();
  KeyValueData(inner).put("tenant", {"space", "a"}, {KeyValueType::kBytes, "rubbish"}).value();
  bool asked = false;
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {"space", "a"};
  write.compute = [&](const KeyValueEntry*, std::uint64_t) {
    asked = true;
    return Result<std::optional<KeyValueValue>>(json("2"));
  };
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.push_back(write);
  CHECK(data.commit(commit).error().code == ErrorCode::kInternal);
  CHECK_FALSE(asked);
  // What does not look at it can replace it.
  CHECK(data.put("tenant", {"space", "a"}, json("3")).has_value());
  CHECK((*data.get("tenant", {"space", "a"}))->value == json("3"));
}

TEST_CASE("encrypted: data keys that were tampered with are found") {
  Vault vault;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  KeyValueData(encrypted(inner, vault.source())).put("tenant", {"space", "a"}, json("1")).value();
  KeyValueData raw(inner);
  const KeyValueKey keyring{adapters::kKeyringSpace, adapters::kKeyringKey};
  const std::string record = (*raw.get("tenant", keyring))->value.data;
  for (std::size_t i = 0; i < record.size(); ++i) {
    std::string changed = record;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    raw.put("tenant", keyring, {KeyValueType::kBytes, changed}).value();
    KeyValueData data(encrypted(inner, vault.source()));
    CHECK_FALSE(data.get("tenant", {"space", "a"}).has_value());
    CHECK_FALSE(data.put("tenant", {"space", "a"}, json("2")).has_value());
  }
  raw.put("tenant", keyring, {KeyValueType::kBytes, record}).value();
  CHECK(KeyValueData(encrypted(inner, vault.source())).get("tenant", {"space", "a"}).has_value());
}

}  // namespace sublet
