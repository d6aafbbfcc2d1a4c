// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/key_value/commit_plan.h"
#include "adapters/sqlite/calls.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/tenant_rows.h"

namespace sublet::adapters::sqlite {

// What changes the database, inside a transaction that the caller has begun. Single-owner. Where a
// function throws, a part of its work may be done, and the transaction is to be rolled back.
class Writes {
 public:
  Writes(Connection& connection, KeyValueClock clock);

  // What a transaction may write, by log_bytes(). The first call in it may be larger than
  // `together`.
  struct Bounds {
    std::uint64_t together = UINT64_MAX;
    std::uint64_t room = UINT64_MAX;
  };
  void begin(const Bounds& bounds);
  // Nothing where it is too large for what is left of the bounds, which only a plan can tell: it is
  // not done then, and wanted() is what it takes.
  std::optional<KeyValueCommitted> apply(const KeyValueCommit& request);
  std::uint64_t wanted() const { return wanted_; }
  // Erases a part of it. Answers how many entries there were once nothing is left; else the request
  // says where to go on. All of a tenant is gone for everybody with the first part; entries of a
  // space go part by part.
  std::optional<std::uint64_t> apply(EraseRequest& request);
  // Takes out entries that expired, and those of tenants whose erase was cut short; answers whether
  // there may be more.
  bool purge();
  // The last step before the transaction is committed.
  void finish() { tenants_.save(); }

 private:
  struct Expired {
    std::string space, key;
    std::int64_t tenant = 0;
    std::uint64_t bytes = 0;
  };
  struct Part {
    KeyValueUsage usage;
    std::uint64_t alive = 0;
    bool last = true;
  };

  std::vector<StoredEntry> stored(const KeyValueCommit& request, std::int64_t tenant,
                                  KeyValueTime now);
  StoredEntry stored(const KeyValueWrite& write, std::int64_t tenant, KeyValueTime now);
  KeyValueEntry entry(const KeyValueKey& at, std::int64_t tenant);
  bool fits(const KeyValueCommit& request, const CommitPlan& plan);
  void carry_out(const KeyValueCommit& request, const CommitPlan& plan, std::int64_t tenant,
                 KeyValueTime now);
  bool purge_tenant(const std::string& tenant, KeyValueTime now);
  bool purge_expired();
  EraseProgress begin_erase(const TenantRow& row, const std::optional<std::string>& space);
  std::optional<std::uint64_t> erase_space(EraseRequest& request, EraseProgress progress);
  std::optional<std::uint64_t> erase_tenant(EraseRequest& request, EraseProgress progress);
  // Moves the progress on.
  Part erase_part(EraseProgress& progress, const std::optional<std::string>& space);
  std::uint64_t expired_of(std::int64_t tenant, KeyValueTime now);
  void remove(std::int64_t tenant, std::string_view space, std::string_view key);

  const KeyValueClock clock_;
  Bounds bounds_;
  std::uint64_t written_ = 0;  // in this transaction
  std::uint64_t wanted_ = 0;
  TenantRows tenants_;
  Statement describe_;
  Statement read_;
  Statement put_;
  Statement remove_;
  Statement expired_;
  Statement expired_of_tenant_;
  Statement count_expired_;
  Statement part_;
  Statement erase_;
};

}  // namespace sublet::adapters::sqlite
