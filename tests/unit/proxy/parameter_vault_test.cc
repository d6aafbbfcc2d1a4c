// SPDX-License-Identifier: Apache-2.0
#include "proxy/vault/parameter_vault.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "sublet/adapters/memory_key_value_store.h"
#include "support/forwarding_store.h"

namespace sublet::proxy {
namespace {

std::string loaded(const ParameterVault& vault, const std::string& tenant,
                   const std::string& extension) {
  std::string out = "no answer";
  vault.load(tenant, extension, [&](Result<ParameterVault::Stored> stored) {
    out = stored ? stored->json.value_or("nothing") : std::string(to_string(stored.error().code));
  });
  return out;
}

std::uint64_t version_of(const ParameterVault& vault, const std::string& tenant) {
  std::uint64_t version = 0;
  vault.load(tenant, "crm",
             [&](Result<ParameterVault::Stored> stored) { version = stored->version; });
  return version;
}

std::string shown(const Result<void>& result) {
  return result ? "done" : std::string(to_string(result.error().code));
}
std::string shown(const Result<bool>& saved) {
  if (!saved) return std::string(to_string(saved.error().code));
  return *saved ? "done" : "changed meanwhile";
}

class SilentStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void get(KeyValueGet,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    done(Error{ErrorCode::kUnavailable, "away"});
  }
  void commit(KeyValueCommit, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    done(Error{ErrorCode::kIndeterminate, "away"});
  }
};

}  // namespace

TEST_CASE("vault: values are kept by tenant and extension") {
  const ParameterVault vault(std::make_shared<MemoryKeyValueStore>());
  std::string text;
  const auto take = [&](const auto& result) { text = shown(result); };
  CHECK(loaded(vault, "acme", "crm") == "nothing");
  vault.save("acme", "crm", R"({"a":1})", 0, take);
  CHECK(text == "done");
  vault.save("acme", "crm", R"({"a":9})", 0, take);
  CHECK(text == "changed meanwhile");
  vault.save("acme", "crm", R"({"a":2})", version_of(vault, "acme"), take);
  CHECK(text == "done");
  vault.save("globex", "crm", R"({"a":3})", 0, take);
  CHECK(loaded(vault, "acme", "crm") == R"({"a":2})");
  CHECK(loaded(vault, "acme", "other") == "nothing");
  vault.erase("acme", "crm", take);
  CHECK(loaded(vault, "acme", "crm") == "nothing");
  vault.erase("acme", "crm", take);
  CHECK(text == "done");
  CHECK(loaded(vault, "globex", "crm") == R"({"a":3})");
}

TEST_CASE("vault: what the store says is passed on") {
  const ParameterVault vault(
      std::make_shared<SilentStore>(std::make_shared<MemoryKeyValueStore>()));
  std::string text;
  const auto take = [&](const auto& result) { text = shown(result); };
  CHECK(loaded(vault, "acme", "crm") == "unavailable");
  vault.save("acme", "crm", "{}", 0, take);
  CHECK(text == "indeterminate");
  vault.erase("acme", "crm", take);
  CHECK(text == "indeterminate");
}

}  // namespace sublet::proxy
