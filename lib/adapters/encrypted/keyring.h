// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/encrypted/cipher.h"
#include "sublet/adapters/key_value_store.h"

// A tenant's data keys: one entry in a space of Sublet's own.
namespace sublet::adapters {

inline constexpr char kKeyringSpace[] = "sublet/data-keys";
inline constexpr char kKeyringKey[] = "keyring";
inline constexpr std::size_t kDataKeyIdBytes = 8;
// Data keys of a tenant at once; more than one only while it is rotated.
inline constexpr std::size_t kMaxDataKeys = 32;

// The host's key.
struct HostKey {
  std::string id;
  std::shared_ptr<const SecretKey> secret;
};

// A data key as it is stored: encrypted with the host's key of that id.
struct WrappedKey {
  std::string id;
  std::string host_id;
  std::string sealed;
};

// The entry as it is stored. The last key is the one that values are encrypted with.
struct KeyringRecord {
  std::vector<WrappedKey> keys;

  std::string text() const;
  static std::optional<KeyringRecord> parse(std::string_view text);
};

struct DataKey {
  std::string id;
  std::shared_ptr<const SecretKey> secret;
};

// A tenant's data keys, unwrapped. Without keys: the tenant has none yet.
//
// Ownership: shared, by whoever encrypts with it.
// Thread safety: immutable.
struct Keyring {
  std::uint64_t version = 0;  // of the entry
  std::uint64_t bytes = 0;    // that the entry counts for
  KeyringRecord record;
  std::vector<DataKey> keys;

  const DataKey* find(std::string_view id) const;
  const DataKey& current() const { return keys.back(); }
  // What the entry adds to the tenant's usage.
  KeyValueUsage usage() const { return {version == 0 ? 0u : 1u, {bytes}}; }
};
using KeyringPtr = std::shared_ptr<const Keyring>;

Result<WrappedKey> wrap(const std::string& tenant, const DataKey& key, const HostKey& host);
std::optional<DataKey> unwrap(const std::string& tenant, const WrappedKey& key,
                              const HostKey& host);
Result<DataKey> make_data_key();

// -- values

// What an encrypted value is longer by.
inline constexpr std::size_t kValueOverhead = 2 + kDataKeyIdBytes + kCipherOverhead;

// Where a value stands; all of it is bound to the value.
struct ValuePlace {
  const std::string& tenant;
  const std::string& space;
  const std::string& key;
  std::uint64_t version = 0;
};

// The message about a value that is too large for the inner store.
std::string too_large(std::size_t size);
Result<KeyValueValue> seal(const DataKey& key, const ValuePlace& place, const KeyValueValue& value);
// The id of the data key, or nothing where the value is none of ours.
std::optional<std::string_view> data_key_id(const KeyValueValue& sealed);
std::optional<KeyValueValue> unseal(const DataKey& key, const ValuePlace& place,
                                    const KeyValueValue& sealed);
// The error of a value that cannot be decrypted.
Error broken(const ValuePlace& place);

}  // namespace sublet::adapters
