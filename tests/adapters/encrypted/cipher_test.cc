// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/cipher.h"

#include <doctest/doctest.h>

#include <set>

#include "adapters/encrypted/keyring.h"

namespace sublet::adapters {
namespace {

SecretKey::Bytes bytes_of(std::uint8_t value) {
  SecretKey::Bytes bytes{};
  bytes.fill(value);
  return bytes;
}

}  // namespace

TEST_CASE("cipher: what is encrypted is decrypted") {
  const SecretKey key(bytes_of(1));
  Bound bound;
  bound.add("a").add(7);
  for (const std::string& plain : {std::string(), std::string("x"), std::string(100'000, '\0')}) {
    const auto sealed = encrypt(key, bound, plain);
    REQUIRE(sealed.has_value());
    CHECK(sealed->size() == plain.size() + kCipherOverhead);
    CHECK(decrypt(key, bound, *sealed) == plain);
  }
}

TEST_CASE("cipher: each bit counts, of the text, the key and what is bound") {
  const SecretKey key(bytes_of(1));
  Bound bound;
  bound.add("bound");
  const std::string sealed = encrypt(key, bound, "plain text").value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      CHECK_FALSE(decrypt(key, bound, changed).has_value());
    }
    CHECK_FALSE(decrypt(key, bound, sealed.substr(0, i)).has_value());
  }
  CHECK_FALSE(decrypt(key, bound, sealed + "x").has_value());
  CHECK_FALSE(decrypt(SecretKey(bytes_of(2)), bound, sealed).has_value());
  CHECK_FALSE(decrypt(key, Bound().add("bound "), sealed).has_value());
  CHECK_FALSE(decrypt(key, Bound().add("bou").add("nd"), sealed).has_value());
}

TEST_CASE("cipher: nonces are not used twice") {
  const SecretKey key(bytes_of(1));
  std::set<std::string> nonces;
  for (int i = 0; i < 2000; ++i) {
    nonces.insert(encrypt(key, {}, "same").value().substr(0, kNonceBytes));
  }
  CHECK(nonces.size() == 2000);
}

TEST_CASE("cipher: a value grows by less than 64 bytes, whatever it is") {
  const DataKey key = make_data_key().value();
  const std::string name = "name";
  const ValuePlace place{name, name, name, 3};
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
    const KeyValueValue value{KeyValueType::kBytes, std::string(size, 'x')};
    const KeyValueValue sealed = seal(key, place, value).value();
    CHECK(sealed.data.size() == size + kValueOverhead);
    CHECK(kValueOverhead <= 64);
    CHECK(unseal(key, place, sealed) == value);
  }
  const auto most = KeyValueStore::kMaxValueBytes - kValueOverhead;
  CHECK(seal(key, place, {KeyValueType::kBytes, std::string(most, 'x')}).has_value());
  CHECK_FALSE(seal(key, place, {KeyValueType::kBytes, std::string(most + 1, 'x')}).has_value());
}

TEST_CASE("keyring: its text is read again, and nothing else") {
  const HostKey host{"host", std::make_shared<SecretKey>(bytes_of(9))};
  KeyringRecord record;
  for (int i = 0; i < 3; ++i) {
    record.keys.push_back(wrap("tenant", make_data_key().value(), host).value());
  }
  const std::string text = record.text();
  const auto parsed = KeyringRecord::parse(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->text() == text);
  CHECK(unwrap("tenant", parsed->keys[1], host)->id == record.keys[1].id);
  CHECK_FALSE(unwrap("tenant2", parsed->keys[1], host).has_value());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = KeyringRecord::parse(std::string_view(text).substr(0, size));
    if (cut.has_value()) CHECK(cut->keys.size() < 3);
  }
  CHECK_FALSE(KeyringRecord::parse("\x02" + text.substr(1)).has_value());
}

}  // namespace sublet::adapters
