// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/encrypted/host_keys.h"
#include "adapters/encrypted/inner_store.h"
#include "adapters/encrypted/keyring.h"
#include "adapters/encrypted/recent.h"
#include "adapters/encrypted/waiting_room.h"
#include "base/mutex.h"

namespace sublet::adapters {

// Throws nothing.
using KeyringCallback = std::function<void(Result<KeyringPtr>)>;

// What the calls of an encrypted store share: the inner store, the host's keys, and the tenants'
// data keys as they were last seen.
//
// Ownership: shared by the store and the steps of its calls.
// Thread safety: thread-safe.
class Envelope : public std::enable_shared_from_this<Envelope> {
 public:
  Envelope(std::shared_ptr<KeyValueStore> inner, EncryptionKeySource source,
           const EncryptedKeyValueOptions& options)
      : inner(std::move(inner)),
        host_keys(std::move(source), options),
        spaces(options.spaces),
        room_(std::make_shared<WaitingRoom>(options.max_waiting, options.max_waiting_bytes)),
        known_(options.max_known) {}

  // A tenant's data keys, unwrapped; without keys where there are none. Who waits for them holds so
  // many bytes; kResourceExhausted where too many do.
  void load(const std::string& tenant, std::uint64_t bytes, KeyringCallback done);
  // And made where there are none.
  void load_or_make(const std::string& tenant, std::uint64_t bytes, KeyringCallback done);
  // The host's present key.
  void find_host_key(const std::string& tenant, HostKeys::Callback done);
  // Version and bytes of the entry, without its keys, which nobody has to be asked for.
  void load_record(const std::string& tenant, KeyringCallback done);
  // Null where they were not seen yet.
  KeyringPtr known(const std::string& tenant);
  // What was seen has changed since: the next load() reads it again.
  void forget(const std::string& tenant, std::uint64_t version);
  // Ends what is under way.
  void end();

  InnerStore inner;
  HostKeys host_keys;
  const std::string spaces;  // EncryptedKeyValueOptions::spaces

 private:
  class Loading;
  void load_now(const std::string& tenant, KeyringCallback done);
  void finish_loading(const std::string& tenant, Result<KeyringPtr> ring);
  void make(const std::string& tenant, const KeyringCallback& done);

  const std::shared_ptr<WaitingRoom> room_;
  base::Mutex mutex_;
  Recent<std::string, KeyringPtr> known_ SUBLET_GUARDED_BY(mutex_);
  // Who waits for a keyring that is being read.
  std::map<std::string, std::vector<KeyringCallback>> loading_ SUBLET_GUARDED_BY(mutex_);
};

using EnvelopePtr = std::shared_ptr<Envelope>;

// Writes the entry of data keys, if it is of that version still: 0, if there is none.
KeyValueCommit keyring_commit(const std::string& tenant, std::uint64_t version,
                              const KeyringRecord& record);
// Holds only while the keyring is the one that was seen.
KeyValueWrite keyring_check(const Keyring& ring);

}  // namespace sublet::adapters
