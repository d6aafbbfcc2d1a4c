// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "adapters/encrypted/keyring.h"
#include "sublet/adapters/encrypted_key_value_store.h"

namespace sublet::adapters {

// Asks the host for its keys, on a few threads of its own: one that gives up on what takes too
// long, and up to kMostAskers that ask, made when they are needed. About one tenant one of them
// asks at a time, so that a vault that hangs for one tenant does not stop the others.
//
// Ownership: the envelope owns it.
// Thread safety: thread-safe.
class HostKeys {
 public:
  using Callback = std::function<void(Result<HostKey>)>;
  static constexpr std::size_t kMostAskers = 4;

  HostKeys(EncryptionKeySource source, const EncryptedKeyValueOptions& options);
  // Answers what waits, and waits for the source where it is asked just now.
  ~HostKeys();
  HostKeys(const HostKeys&) = delete;
  HostKeys& operator=(const HostKeys&) = delete;

  // False: the system gives no thread.
  bool start();
  // The key of this id, asked for once; of an empty id, the present one, asked for each time. Where
  // the source takes longer than the options say: kUnavailable.
  void find(const std::string& tenant, const std::string& id, Callback done);
  // Asks again the next time: the key was not the right one.
  void forget(const std::string& tenant, const std::string& id);
  void end() noexcept;

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace sublet::adapters
