// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "sublet/adapters/encrypted_key_value_store.h"
#include "sublet/adapters/memory_key_value_store.h"
#include "sublet/key_value_data.h"

namespace sublet {

// A vault of the host's, with one present key.
class Vault {
 public:
  EncryptionKeySource source() {
    return [this](std::string_view, std::string_view id) -> Result<EncryptionKey> {
      ++asked;
      if (failing) return Error{ErrorCode::kUnavailable, "the vault is closed"};
      return key(id.empty() ? present.load() : std::stoi(std::string(id)));
    };
  }
  EncryptionKey key(int number) const {
    EncryptionKey made;
    made.id = std::to_string(number);
    made.bytes.fill(static_cast<std::uint8_t>(number + (wrong ? 100 : 0)));
    return made;
  }

  std::atomic<int> present{1};
  std::atomic<int> asked{0};
  std::atomic<bool> failing{false};
  std::atomic<bool> wrong{false};
};

inline std::shared_ptr<EncryptedKeyValueStore> encrypted(std::shared_ptr<KeyValueStore> inner,
                                                         EncryptionKeySource source) {
  auto made = EncryptedKeyValueStore::create(std::move(inner), std::move(source));
  REQUIRE(made.has_value());
  return made.value();
}

inline KeyValueValue json(std::string text) { return {KeyValueType::kJson, std::move(text)}; }

// All that an inner store holds of a tenant, as one text.
inline std::string everything(const std::shared_ptr<KeyValueStore>& inner,
                              const std::string& tenant) {
  KeyValueData data(inner);
  std::string all;
  const auto spaces = data.spaces(tenant);
  REQUIRE(spaces.has_value());
  for (const auto& [space, usage] : *spaces) {
    KeyValueList request;
    request.tenant = tenant;
    request.space = space;
    request.limit = 1000;
    const auto page = data.list(request);
    for (const KeyValueEntry& entry : page->entries) all += entry.value.data + "|";
  }
  return all;
}

}  // namespace sublet
