// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sublet/adapters/key_value_store.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// Keeps entries in this process's memory and nowhere else: for tests and examples. Answers inside
// the call.
//
// Ownership: shared.
// Thread safety: thread-safe.
// Blocking: for the time of other calls of the same moment.
// Errors: as KeyValueStore; throws nothing.
class SUBLET_EXPORT MemoryKeyValueStore final : public KeyValueStore {
 public:
  explicit MemoryKeyValueStore(KeyValueClock clock = {});
  ~MemoryKeyValueStore() override;

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override;
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override;
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override;
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override;
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override;
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
