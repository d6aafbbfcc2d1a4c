// SPDX-License-Identifier: Apache-2.0

// What the store inside does that stores may do: calls computes twice, does not know what it did.
#include <stdexcept>

#include "adapters/encrypted/encrypted_fixture.h"
#include "adapters/encrypted/keyring.h"
#include "unit/adapters/hooked_store.h"

namespace sublet {
namespace {

using Status = KeyValueCommitted::Status;

// Calls each compute for the first time with something that is not there.
class HastyStore final : public HookedStore {
 public:
  HastyStore() : HookedStore({}, {}) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    const KeyValueEntry other{"a", {KeyValueType::kBytes, "rubbish"}, 1};
    for (const KeyValueWrite& write : request.writes) {
      if (write.compute && write.needs_current) (void)write.compute(&other, 2);
    }
    HookedStore::commit(std::move(request), std::move(done));
  }
};

// Does not say whether the first commits of data keys were done.
class UnsureStore final : public HookedStore {
 public:
  explicit UnsureStore(bool does_them) : HookedStore({}, {}), does_them_(does_them) {}
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    const bool unsure = request.writes[0].at.space == adapters::kKeyringSpace &&
                        request.writes[0].kind == KeyValueWrite::Kind::kPut && times_++ < 3;
    if (!unsure) return HookedStore::commit(std::move(request), std::move(done));
    if (does_them_) HookedStore::commit(std::move(request), [](auto) {});
    done(Error{ErrorCode::kIndeterminate, "who knows"});
  }

 private:
  const bool does_them_;
  int times_ = 0;
};

}  // namespace

TEST_CASE("encrypted: a compute's refusal is its own, whatever came before") {
  Vault vault;
  KeyValueData data(encrypted(std::make_shared<HastyStore>(), vault.source()));
  data.put("tenant", {"space", "a"}, json("1")).value();
  KeyValueCommit commit;
  commit.tenant = "tenant";
  commit.writes.resize(1);
  commit.writes[0].kind = KeyValueWrite::Kind::kCompute;
  commit.writes[0].at = {"space", "a"};
  commit.writes[0].compute = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(Error{ErrorCode::kInvalidArgument, "no"});
  };
  const auto refused = data.commit(std::move(commit));
  REQUIRE(refused.has_value());
  CHECK(refused->status == Status::kRefused);
  CHECK(refused->message == "no");
}

TEST_CASE("encrypted: whether data keys were written is not the caller's question") {
  for (const bool does_them : {true, false}) {
    CAPTURE(does_them);
    Vault vault;
    KeyValueData data(encrypted(std::make_shared<UnsureStore>(does_them), vault.source()));
    const auto written = data.put("tenant", {"space", "a"}, json("1"));
    CHECK(written.has_value());
    CHECK((*data.get("tenant", {"space", "a"}))->value == json("1"));
  }
}

TEST_CASE("encrypted: what a callback throws goes nowhere") {
  Vault vault;
  auto store = encrypted(std::make_shared<MemoryKeyValueStore>(), vault.source());
  KeyValueData(store).put("tenant", {"space", "a"}, json("1")).value();
  int answers = 0;
  store->get({"tenant", {{"space", "a"}}}, [&](auto) {
    ++answers;
    throw std::runtime_error("thrown");
  });
  store->usage("", [&](auto) {
    ++answers;
    throw 1;
  });
  CHECK(answers == 2);
}

}  // namespace sublet
