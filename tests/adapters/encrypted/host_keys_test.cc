// SPDX-License-Identifier: Apache-2.0

// The host's vault: asked seldom, and it may fail, be slow or be wrong.
#include <future>
#include <thread>

#include "adapters/encrypted/encrypted_fixture.h"

namespace sublet {
namespace {

const KeyValueKey kAt{"space", "a"};

}  // namespace

TEST_CASE("encrypted: what a store is made of") {
  Vault vault;
  CHECK(EncryptedKeyValueStore::create(nullptr, vault.source()).error().code ==
        ErrorCode::kInvalidArgument);
  CHECK(EncryptedKeyValueStore::create(std::make_shared<MemoryKeyValueStore>(), {}).error().code ==
        ErrorCode::kInvalidArgument);
}

TEST_CASE("encrypted: the vault is asked once for each tenant and key") {
  Vault vault;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  {
    KeyValueData data(encrypted(inner, vault.source()));
    for (int i = 0; i < 20; ++i)
      data.put("tenant", {"space", std::to_string(i)}, json("1")).value();
    CHECK(vault.asked == 1);  // for the present one
    data.put("tenant2", kAt, json("1")).value();
    CHECK(vault.asked == 2);
  }
  KeyValueData data(encrypted(inner, vault.source()));
  for (int i = 0; i < 20; ++i) CHECK(data.get("tenant", {"space", std::to_string(i)}).has_value());
  CHECK(vault.asked == 3);
  // Not for what needs no key.
  CHECK(data.usage("tenant2").has_value());
  CHECK(data.spaces("tenant2").has_value());
  CHECK(data.tenants()->size() == 2);
  CHECK(*data.remove("tenant2", kAt));
  CHECK(data.get("tenant2", kAt).has_value());
  CHECK(vault.asked == 3);
}

TEST_CASE("encrypted: many calls at once ask the vault once") {
  Vault vault;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  KeyValueData(encrypted(inner, vault.source())).put("tenant", kAt, json("1")).value();
  vault.asked = 0;
  std::promise<void> open;
  auto opened = open.get_future().share();
  auto store = encrypted(inner, [&, opened](std::string_view tenant, std::string_view id) {
    opened.wait();
    return vault.source()(tenant, id);
  });
  std::atomic<int> answers{0};
  std::promise<void> all;
  for (int i = 0; i < 50; ++i) {
    store->get({"tenant", {kAt}}, [&](auto result) {
      CHECK(result.has_value());
      if (++answers == 50) all.set_value();
    });
  }
  // The calls came back, though the vault is closed.
  CHECK(answers == 0);
  open.set_value();
  all.get_future().wait();
  CHECK(vault.asked == 1);
}

TEST_CASE("encrypted: a vault that fails is asked again later") {
  Vault vault;
  auto store = encrypted(std::make_shared<MemoryKeyValueStore>(), vault.source());
  KeyValueData data(store);
  vault.failing = true;
  const auto failed = data.put("tenant", kAt, json("1"));
  CHECK(failed.error().code == ErrorCode::kUnavailable);
  CHECK(failed.error().message.find("the vault is closed") != std::string::npos);
  CHECK(data.usage("tenant")->keys == 0);
  CHECK_FALSE(data.get("tenant", kAt)->has_value());
  vault.failing = false;
  CHECK(data.put("tenant", kAt, json("1")).has_value());
  CHECK((*data.get("tenant", kAt))->value == json("1"));
}

TEST_CASE("encrypted: a vault may throw, and answer nonsense") {
  auto inner = std::make_shared<MemoryKeyValueStore>();
  const auto code_of = [&](EncryptionKeySource source) {
    return KeyValueData(encrypted(inner, std::move(source)))
        .put("tenant", kAt, json("1"))
        .error()
        .code;
  };
  CHECK(code_of([](auto, auto) -> Result<EncryptionKey> { throw std::runtime_error("x"); }) ==
        ErrorCode::kUnavailable);
  CHECK(code_of([](auto, auto) { return EncryptionKey{}; }) == ErrorCode::kUnavailable);
  CHECK(code_of([](auto, auto) {
          return EncryptionKey{std::string(65, 'x'), {}};
        }) == ErrorCode::kUnavailable);
  Vault vault;
  KeyValueData(encrypted(inner, vault.source())).put("tenant", kAt, json("1")).value();
  // Another one than was asked for.
  CHECK(code_of([](auto, auto) { return EncryptionKey{"2", {}}; }) == ErrorCode::kUnavailable);
}

TEST_CASE("encrypted: a wrong key opens nothing, and the right one is asked for later") {
  Vault vault;
  auto inner = std::make_shared<MemoryKeyValueStore>();
  KeyValueData(encrypted(inner, vault.source())).put("tenant", kAt, json("1")).value();
  KeyValueData data(encrypted(inner, vault.source()));
  vault.wrong = true;
  CHECK(data.get("tenant", kAt).error().code == ErrorCode::kInternal);
  CHECK(data.put("tenant", kAt, json("2")).error().code == ErrorCode::kInternal);
  vault.wrong = false;
  CHECK((*data.get("tenant", kAt))->value == json("1"));
}

TEST_CASE("encrypted: a store that ends answers what waits for the vault") {
  std::promise<void> asked;
  std::promise<void> open;
  std::atomic<int> answers{0};
  auto store = encrypted(std::make_shared<MemoryKeyValueStore>(),
                         [&](std::string_view, std::string_view) -> Result<EncryptionKey> {
                           asked.set_value();
                           open.get_future().wait();
                           return Vault().key(1);
                         });
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.resize(1);
  commit.writes[0].kind = KeyValueWrite::Kind::kPut;
  commit.writes[0].at = kAt;
  std::promise<void> told;
  store->commit(commit, [&](auto result) {
    CHECK(result.error().code == ErrorCode::kUnavailable);
    ++answers;
    told.set_value();
  });
  asked.get_future().wait();
  std::thread ending([&] { store.reset(); });
  // Before the vault has answered.
  told.get_future().wait();
  open.set_value();
  ending.join();
  CHECK(answers == 1);
}

TEST_CASE("encrypted: the store may end inside an answer") {
  Vault vault;
  for (const bool warm : {false, true}) {
    auto store = encrypted(std::make_shared<MemoryKeyValueStore>(), vault.source());
    if (warm) KeyValueData(store).put("tenant", kAt, json("1")).value();
    KeyValueCommit commit;
    commit.tenant = "tenant";
    commit.writes.resize(1);
    commit.writes[0].kind = KeyValueWrite::Kind::kPut;
    commit.writes[0].at = kAt;
    std::promise<bool> done;
    auto* raw = store.get();
    raw->commit(commit, [&done, last = std::move(store)](auto result) mutable {
      last.reset();
      done.set_value(result.has_value());
    });
    CHECK(done.get_future().get());
  }
}

}  // namespace sublet
