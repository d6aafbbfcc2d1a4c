// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "adapters/sqlite/connection.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters::sqlite {

struct TenantRow {
  std::int64_t id = 0;  // 0: there is no row
  KeyValueUsage usage;  // of all rows, expired ones included
  std::uint64_t version = 0;
};

// The rows of the tenants that one transaction is about: read once, written once at its end.
// Single-owner. Functions throw Failure; the transaction is to be rolled back then.
class TenantRows {
 public:
  explicit TenantRows(Connection& connection);

  // A new transaction begins.
  void forget() { rows_.clear(); }
  // Of a tenant without a row: one with the version that it starts from.
  TenantRow find(const std::string& tenant);
  // As find(), but makes a row.
  TenantRow find_or_make(const std::string& tenant);
  // The name of a tenant that has a row.
  std::string name_of(std::int64_t id);
  // `row` is what the tenant has from now on.
  void put(const std::string& tenant, const TenantRow& row);
  // From now on the tenant has no row, and nobody sees what it had; that is still under the row's
  // id. The versions that it gave out are not given out again.
  void detach(const TenantRow& row);
  // The id of a row that was detached, and not dropped yet; 0: there is none.
  std::int64_t find_detached();
  // Takes a detached row away, which nothing is under any more.
  void drop(std::int64_t id);
  // Writes what was put; the transaction is ready to be committed.
  void save();

 private:
  struct Known {
    TenantRow row;
    bool changed = false;
  };

  Statement find_;
  Statement floor_;
  Statement insert_;
  Statement name_;
  Statement update_;
  Statement detach_;
  Statement detached_;
  Statement delete_;
  Statement raise_floor_;
  Connection& connection_;
  std::unordered_map<std::string, Known> rows_;
};

}  // namespace sublet::adapters::sqlite
