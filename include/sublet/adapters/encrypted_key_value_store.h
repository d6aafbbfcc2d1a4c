// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sublet/adapters/key_value_store.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// A key that encrypts keys: the host's, from its vault.
struct EncryptionKey {
  std::string id;  // 1 to 64 bytes; stored beside what it encrypted
  std::array<std::uint8_t, 32> bytes{};
};

// Answers the host's key of this id; of an empty id, the one that new data keys are wrapped with.
// Called on threads of the store, of which there are four: about one tenant one at a time, so that
// a vault that hangs for one tenant does not hold up the others, and not again for what is kept in
// memory. It may wait for a vault. An Error makes the calls that need it kUnavailable.
using EncryptionKeySource =
    std::function<Result<EncryptionKey>(std::string_view tenant, std::string_view id)>;

struct EncryptedKeyValueOptions {
  // How long calls wait for the key source: kUnavailable then. 1 ms to 10 min.
  std::chrono::milliseconds key_timeout{10'000};
  // Calls that may wait for keys, 1 to 1,000,000, and the bytes of values that they may hold
  // meanwhile; one more is kResourceExhausted. One call may always wait, however large it is.
  std::uint32_t max_waiting = 65'536;
  Bytes max_waiting_bytes = Bytes::mebibytes(64);
  // Tenants whose data keys are kept in memory, those that were called last. 1 to 1,000,000.
  std::uint32_t max_known = 10'000;
  // rotate() looks at the spaces whose names begin so, where others in the inner store are not
  // encrypted, or not by this store. Empty: all.
  std::string spaces = {};
};

// Encrypts values at rest, over any store: AES-256-GCM under a data key of the tenant's own, which
// is kept in the store, wrapped with the host's key. Tenant, space, key, version and type are bound
// to each value, so that nothing can be put in the place of something else. Keys, sizes and times
// are not encrypted: the store orders by them.
//
// It costs: each value grows by 38 bytes, which usage and quotas count, and the largest value is
// that much smaller. The data keys are in a space of their own ("sublet/data-keys") that calls
// refuse and answers leave out; those of tenants that were called lately are kept in memory.
// Several machines may encrypt over one store: a commit holds only while the tenant's data keys are
// those that it was made with.
//
// Not found out: an older row that is put back as a whole, with its version, and rows that are
// taken away. Nonces are random, 96 bits each: NIST SP 800-38D (8.3) allows a key 2^32 of them, so
// a tenant is to be rotated before so many values were written.
//
// Ownership: shared; holds the inner store. Data keys are wiped when it ends; its destructor waits
//   for the key source where that is being asked.
// Thread safety: thread-safe.
// Blocking: never; the key source is asked on threads of this store.
// Errors: as KeyValueStore; a value that was tampered with or cannot be decrypted is kInternal, and
//   the message names tenant, space and key; throws nothing.
class SUBLET_EXPORT EncryptedKeyValueStore final : public KeyValueStore {
 public:
  // kInvalidArgument: something is missing, or an option is out of its range.
  static Result<std::shared_ptr<EncryptedKeyValueStore>> create(
      std::shared_ptr<KeyValueStore> inner, EncryptionKeySource keys,
      EncryptedKeyValueOptions options = {});
  ~EncryptedKeyValueStore() override;

  // Wraps the tenant's data keys anew with the host's present key; values stay as they are. Answers
  // how many data keys.
  void rewrap(std::string tenant, KeyValueCallback<std::uint64_t> done) noexcept;
  // Makes a new data key, encrypts every value of the tenant anew, then forgets the older data
  // keys; where an earlier rotation did not end, this one ends it, with its key. Calls go on
  // meanwhile. Values get new versions and update times; their ends stay. One
  // that cannot be decrypted is an error, and the older keys are kept. Answers how many values it
  // wrote.
  void rotate(std::string tenant, KeyValueCallback<std::uint64_t> done) noexcept;

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override;
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override;
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override;
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override;
  // Of all spaces: the data keys go too, so that copies elsewhere cannot be read any more.
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override;
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override;

 private:
  class Impl;
  explicit EncryptedKeyValueStore(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
