// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "adapters/key_value/commit_plan.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// What one tenant has in memory.
//
// Ownership: a shard of the store owns it.
// Thread safety: none; the shard's lock is held.
class MemoryTenant {
 public:
  // `version`: the last one that a commit of this tenant may have had.
  explicit MemoryTenant(std::uint64_t version) : version_(version) {}

  std::optional<KeyValueEntry> get(KeyValueKey& at, KeyValueTime now) const;
  KeyValuePage list(const KeyValueList& request, KeyValueTime now) const;

  // Takes away what has expired; the calls below want it done before.
  void purge(KeyValueTime now) noexcept;
  // Takes the values out of the request. All or nothing, also where memory is lacking.
  KeyValueCommitted commit(KeyValueCommit& request, KeyValueTime now);
  const KeyValueUsage& usage() const noexcept { return usage_; }
  std::map<std::string, KeyValueUsage> spaces() const;
  std::uint64_t erase_space(const std::string& space) noexcept;
  std::uint64_t version() const noexcept { return version_; }

 private:
  struct Row {
    KeyValueValue value;
    std::uint64_t version = 0;
    KeyValueTime updated_at{};
    std::optional<KeyValueTime> expires_at;
  };
  using Rows = std::map<std::string, Row, std::less<>>;
  struct Space {
    Rows rows;
    KeyValueUsage usage;
  };
  using Spaces = std::map<std::string, Space, std::less<>>;
  // When, and the names as they stand in the maps.
  using Expiring = std::tuple<KeyValueTime, const std::string*, const std::string*>;

  // A planned write with all the memory that it needs.
  struct Prepared;

  static KeyValueEntry entry_of(std::string key, const Row& row, bool with_value = true);
  StoredEntry stored(const KeyValueWrite& write) const;
  Prepared prepare(KeyValueCommit& request, PlannedWrite& planned, std::uint64_t version,
                   KeyValueTime now);
  void carry_out(Prepared& prepared) noexcept;
  void remove(Spaces::iterator space, Rows::iterator row) noexcept;
  void drop_if_empty(Spaces::iterator space) noexcept;
  void add(Space& space, std::uint64_t bytes) noexcept;
  void take(Space& space, std::uint64_t bytes) noexcept;

  Spaces spaces_;
  std::set<Expiring> expiring_;
  KeyValueUsage usage_;
  std::uint64_t version_;
};

}  // namespace sublet::adapters
