// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sublet/adapters/key_value_store.h"
#include "sublet/result.h"

namespace sublet::proxy {

// The values that were given for an extension's parameters, secret ones too: a JSON object, as
// merge_parameters() makes it.
//
// Ownership: shares the store, which encrypts, unless it is in memory.
// Thread safety: thread-safe. A callback runs exactly once, on a thread of the store or inside.
class ParameterVault {
 public:
  template <typename T>
  using Callback = std::function<void(Result<T>)>;

  explicit ParameterVault(std::shared_ptr<KeyValueStore> store) : store_(std::move(store)) {}

  struct Stored {
    std::optional<std::string> json;  // nullopt: nothing was ever given
    std::uint64_t version = 0;        // 0: it is not there
  };

  void load(const std::string& tenant, const std::string& extension, Callback<Stored> done) const;
  // In place of what was loaded. False: somebody else has changed it meanwhile. Errors as
  // KeyValueStore::commit() has them.
  void save(const std::string& tenant, const std::string& extension, std::string json,
            std::uint64_t version, Callback<bool> done) const;
  void erase(const std::string& tenant, const std::string& extension, Callback<void> done) const;

 private:
  std::shared_ptr<KeyValueStore> store_;
};

}  // namespace sublet::proxy
