// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/conformance_test.h"
#include "adapters/encrypted/keyring.h"
#include "sublet/adapters/encrypted_key_value_store.h"
#include "sublet/adapters/memory_key_value_store.h"

namespace sublet {
namespace {

Result<EncryptionKey> host_key(std::string_view, std::string_view) {
  EncryptionKey key;
  key.id = "host";
  key.bytes.fill(7);
  return key;
}

}  // namespace

TEST_CASE("encrypted: it does what every store does, and stays over the same inner store") {
  // The clock of the store inside has to go with the envelope around it.
  struct Inner {
    std::shared_ptr<KeyValueStore> store;
    KeyValueClock clock;
  };
  const auto inner = std::make_shared<Inner>();
  const auto around = [inner] {
    return EncryptedKeyValueStore::create(inner->store, host_key).value();
  };
  testing::KeyValueSubject subject;
  subject.open = [=](KeyValueClock clock) {
    inner->clock = std::move(clock);
    inner->store = std::make_shared<MemoryKeyValueStore>([inner] { return inner->clock(); });
    return around();
  };
  subject.reopen = [=](KeyValueClock clock) {
    inner->clock = std::move(clock);
    return around();
  };
  subject.open_another = [=](const KeyValueClock&) { return around(); };
  subject.value_overhead = adapters::kValueOverhead;
  testing::expect_conformance(subject);
  inner->store.reset();
}

}  // namespace sublet
