// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/keyring.h"

#include <algorithm>
#include <utility>

namespace sublet::adapters {
namespace {

// The first byte of whatever is stored: what follows may change one day.
constexpr char kFormat = 1;
constexpr std::size_t kWrappedBytes = 32 + kCipherOverhead;
constexpr std::size_t kShownBytes = 64;

// Takes `size` bytes off the text; false: it has less.
bool take(std::string_view& text, std::size_t size, std::string& out) {
  if (text.size() < size) return false;
  out = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

Bound bound_to(const std::string& tenant, std::string_view id, std::string_view host_id) {
  Bound bound;
  bound.add("sublet data key").add(std::uint64_t{kFormat}).add(tenant).add(id).add(host_id);
  return bound;
}

Bound bound_to(const ValuePlace& place, std::string_view header) {
  Bound bound;
  bound.add("sublet value").add(header).add(place.tenant).add(place.space).add(place.key);
  bound.add(place.version);
  return bound;
}

// Names are bytes; a message is a text.
std::string shown(std::string_view name) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : name.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      text += c;
    } else {
      text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return text + (name.size() > kShownBytes ? "\"..." : "\"");
}

}  // namespace

std::string KeyringRecord::text() const {
  std::string text(1, kFormat);
  for (const WrappedKey& key : keys) {
    text += key.id;
    text += static_cast<char>(key.host_id.size());
    text += key.host_id;
    text += key.sealed;
  }
  return text;
}

std::optional<KeyringRecord> KeyringRecord::parse(std::string_view text) {
  KeyringRecord record;
  if (text.empty() || text[0] != kFormat) return std::nullopt;
  text.remove_prefix(1);
  while (!text.empty()) {
    WrappedKey key;
    std::string size;
    if (!take(text, kDataKeyIdBytes, key.id) || !take(text, 1, size) ||
        !take(text, static_cast<unsigned char>(size[0]), key.host_id) ||
        !take(text, kWrappedBytes, key.sealed) || record.keys.size() == kMaxDataKeys) {
      return std::nullopt;
    }
    record.keys.push_back(std::move(key));
  }
  if (record.keys.empty()) return std::nullopt;
  return record;
}

const DataKey* Keyring::find(std::string_view id) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [id](const DataKey& key) { return key.id == id; });
  return found == keys.end() ? nullptr : &*found;
}

Result<WrappedKey> wrap(const std::string& tenant, const DataKey& key, const HostKey& host) {
  auto sealed = encrypt(*host.secret, bound_to(tenant, key.id, host.id), key.secret->view());
  if (!sealed) return std::move(sealed).error();
  return WrappedKey{key.id, host.id, *std::move(sealed)};
}

std::optional<DataKey> unwrap(const std::string& tenant, const WrappedKey& key,
                              const HostKey& host) {
  auto plain = decrypt(*host.secret, bound_to(tenant, key.id, key.host_id), key.sealed);
  SecretKey::Bytes bytes{};
  if (!plain.has_value() || plain->size() != bytes.size()) return std::nullopt;
  std::copy(plain->begin(), plain->end(), bytes.begin());
  DataKey made{key.id, std::make_shared<SecretKey>(bytes)};
  wipe(plain->data(), plain->size());
  wipe(bytes.data(), bytes.size());
  return made;
}

Result<DataKey> make_data_key() {
  SecretKey::Bytes bytes{};
  std::string id(kDataKeyIdBytes, '\0');
  if (!random_bytes(bytes.data(), bytes.size()) || !random_bytes(id.data(), id.size())) {
    return Error{ErrorCode::kInternal, "the machine gives no random bytes"};
  }
  DataKey made{std::move(id), std::make_shared<SecretKey>(bytes)};
  wipe(bytes.data(), bytes.size());
  return made;
}

std::string too_large(std::size_t size) {
  return "the value's size in bytes is " + std::to_string(size) + "; it must be at most " +
         std::to_string(KeyValueStore::kMaxValueBytes - kValueOverhead) + " to be encrypted";
}

Result<KeyValueValue> seal(const DataKey& key, const ValuePlace& place,
                           const KeyValueValue& value) {
  if (value.data.size() > KeyValueStore::kMaxValueBytes - kValueOverhead) {
    return Error{ErrorCode::kInvalidArgument, too_large(value.data.size())};
  }
  std::string header{kFormat, static_cast<char>(value.type)};
  header += key.id;
  auto sealed = encrypt(*key.secret, bound_to(place, header), value.data);
  if (!sealed) return std::move(sealed).error();
  return KeyValueValue{KeyValueType::kBytes, std::move(header) + *sealed};
}

std::optional<std::string_view> data_key_id(const KeyValueValue& sealed) {
  const std::string_view text = sealed.data;
  if (sealed.type != KeyValueType::kBytes || text.size() < kValueOverhead || text[0] != kFormat) {
    return std::nullopt;
  }
  return text.substr(2, kDataKeyIdBytes);
}

std::optional<KeyValueValue> unseal(const DataKey& key, const ValuePlace& place,
                                    const KeyValueValue& sealed) {
  const std::string_view header = std::string_view(sealed.data).substr(0, 2 + kDataKeyIdBytes);
  auto plain = decrypt(*key.secret, bound_to(place, header),
                       std::string_view(sealed.data).substr(header.size()));
  if (!plain.has_value()) return std::nullopt;
  return KeyValueValue{static_cast<KeyValueType>(header[1]), *std::move(plain)};
}

Error broken(const ValuePlace& place) {
  return Error{ErrorCode::kInternal, "the value of tenant " + shown(place.tenant) + ", space " +
                                         shown(place.space) + ", key " + shown(place.key) +
                                         " cannot be decrypted"};
}

}  // namespace sublet::adapters
