// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/encrypted/keyring.h"
#include "sublet/adapters/encrypted_key_value_store.h"

namespace sublet::adapters {

// Asks the host for its keys, on a thread of its own.
//
// Ownership: the envelope owns it.
// Thread safety: thread-safe.
class HostKeys {
 public:
  using Callback = std::function<void(Result<HostKey>)>;

  explicit HostKeys(EncryptionKeySource source);
  // Answers what waits, and waits for the source where it is asked just now.
  ~HostKeys();
  HostKeys(const HostKeys&) = delete;
  HostKeys& operator=(const HostKeys&) = delete;

  // False: the system gives no thread.
  bool start();
  // The key of this id, asked for once; of an empty id, the present one, asked for each time.
  void find(const std::string& tenant, const std::string& id, Callback done);
  // Asks again the next time: the key was not the right one.
  void forget(const std::string& tenant, const std::string& id);
  void end() noexcept;

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace sublet::adapters
