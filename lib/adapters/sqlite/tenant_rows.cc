// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/tenant_rows.h"

namespace sublet::adapters::sqlite {
namespace {

// What names of detached rows begin with: longer than any tenant's.
const std::string kDetached(KeyValueStore::kMaxNameBytes + 1, '\0');

}  // namespace

TenantRows::TenantRows(Connection& connection)
    : find_(connection, "SELECT id, keys, bytes, version FROM tenant WHERE name = ?"),
      floor_(connection, "SELECT version_floor FROM store"),
      insert_(connection, "INSERT INTO tenant (name, keys, bytes, version) VALUES (?, 0, 0, ?)"),
      name_(connection, "SELECT name FROM tenant WHERE id = ?"),
      update_(connection, "UPDATE tenant SET keys = ?, bytes = ?, version = ? WHERE id = ?"),
      detach_(connection, "UPDATE tenant SET name = ?, keys = 0, bytes = 0 WHERE id = ?"),
      detached_(connection, "SELECT id FROM tenant WHERE name > ? AND name < ? LIMIT 1"),
      delete_(connection, "DELETE FROM tenant WHERE id = ?"),
      raise_floor_(connection, "UPDATE store SET version_floor = max(version_floor, ?)"),
      connection_(connection) {}

TenantRow TenantRows::find(const std::string& tenant) {
  if (const auto known = rows_.find(tenant); known != rows_.end()) return known->second.row;
  TenantRow row;
  if (Query query(find_); query.bind(tenant).next()) {
    row.id = query.integer(0);
    row.usage = {query.count(1), Bytes{query.count(2)}};
    row.version = query.count(3);
  } else if (Query floor(floor_); floor.next()) {
    row.version = floor.count(0);
  }
  rows_[tenant] = {row, false};
  return row;
}

TenantRow TenantRows::find_or_make(const std::string& tenant) {
  TenantRow row = find(tenant);
  if (row.id != 0) return row;
  Query(insert_).bind(tenant).bind(static_cast<std::int64_t>(row.version)).run();
  row.id = sqlite3_last_insert_rowid(connection_.handle());
  rows_[tenant] = {row, false};
  return row;
}

std::string TenantRows::name_of(std::int64_t id) {
  Query query(name_);
  return query.bind(id).next() ? std::string(query.bytes(0)) : std::string();
}

void TenantRows::put(const std::string& tenant, const TenantRow& row) {
  rows_[tenant] = {row, true};
}

void TenantRows::detach(const TenantRow& row) {
  save();
  Query(raise_floor_).bind(static_cast<std::int64_t>(row.version)).run();
  const std::string name = kDetached + std::to_string(row.id);
  Query(detach_).bind(name).bind(row.id).run();
  rows_.clear();  // tenants without a row may start higher now
}

std::int64_t TenantRows::find_detached() {
  const std::string end = std::string(KeyValueStore::kMaxNameBytes, '\0') + '\1';
  Query query(detached_);
  return query.bind(kDetached).bind(end).next() ? query.integer(0) : 0;
}

void TenantRows::drop(std::int64_t id) { Query(delete_).bind(id).run(); }

void TenantRows::save() {
  for (auto& [tenant, known] : rows_) {
    if (!known.changed) continue;
    const TenantRow& row = known.row;
    Query(update_)
        .bind(static_cast<std::int64_t>(row.usage.keys))
        .bind(static_cast<std::int64_t>(row.usage.bytes.count))
        .bind(static_cast<std::int64_t>(row.version))
        .bind(row.id)
        .run();
    known.changed = false;
  }
}

}  // namespace sublet::adapters::sqlite
