// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/writes.h"

#include <utility>

#include "adapters/sqlite/log_keeper.h"

namespace sublet::adapters::sqlite {
namespace {

// Entries and bytes that one call of purge() takes out at most, so that commits never wait long.
constexpr std::int64_t kPurgedAtOnce = 256;
constexpr std::uint64_t kPurgedBytes = std::uint64_t{4} << 20;

}  // namespace

// LIMIT is kPurgedAtOnce.
Writes::Writes(Connection& connection, KeyValueClock clock)
    : clock_(std::move(clock)),
      tenants_(connection),
      describe_(connection,
                "SELECT version, expires_at, length(value) FROM entry"
                " WHERE tenant = ? AND space = ? AND key = ?"),
      read_(connection,
            "SELECT type, version, updated_at, expires_at, value FROM entry"
            " WHERE tenant = ? AND space = ? AND key = ?"),
      put_(connection,
           "INSERT OR REPLACE INTO entry"
           " (tenant, space, key, type, version, updated_at, expires_at, value)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      remove_(connection, "DELETE FROM entry WHERE tenant = ? AND space = ? AND key = ?"),
      expired_(connection,
               "SELECT tenant, space, key, length(key) + length(value) FROM entry"
               " WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?"),
      expired_of_tenant_(connection,
                         "SELECT tenant, space, key, length(key) + length(value) FROM entry"
                         " WHERE tenant = ? AND expires_at IS NOT NULL AND expires_at <= ?"
                         " ORDER BY expires_at LIMIT ?"),
      count_expired_(connection,
                     "SELECT count(*) FROM entry"
                     " WHERE tenant = ? AND expires_at IS NOT NULL AND expires_at <= ?"),
      part_(connection,
            "SELECT space, key, length(key) + length(value), expires_at FROM entry"
            " WHERE tenant = ? AND (space, key) > (?, ?) AND (space, key) < (?, ?)"
            " AND version <= ? ORDER BY space, key"),
      erase_(connection,
             "DELETE FROM entry WHERE tenant = ? AND (space, key) > (?, ?)"
             " AND (space, key) <= (?, ?) AND version <= ?") {}

void Writes::begin(const Bounds& bounds) {
  bounds_ = bounds;
  written_ = 0;
  wanted_ = 0;
  tenants_.forget();
}

bool Writes::fits(const KeyValueCommit& request, const CommitPlan& plan) {
  std::uint64_t bytes = 0;
  for (const PlannedWrite& planned : plan.writes) {
    const KeyValueKey& at = request.writes[planned.write].at;
    bytes += at.space.size() + at.key.size();
    if (!planned.remove) bytes += planned.value(request).data.size();
  }
  wanted_ = log_bytes(bytes, plan.writes.size());
  const std::uint64_t all = written_ + wanted_;
  if (all > bounds_.room || (written_ != 0 && all > bounds_.together)) return false;
  written_ = all;
  return true;
}

std::optional<KeyValueCommitted> Writes::apply(const KeyValueCommit& request) {
  const KeyValueTime now = now_of(clock_);
  auto plan_now = [&] {
    const TenantRow row = tenants_.find(request.tenant);
    return plan_commit(request, stored(request, row.id, now), row.usage, row.version + 1, now);
  };
  CommitPlan plan = plan_now();
  // Only as much as it takes: a tenant with many expired entries holds nobody up.
  while (plan.over_quota() && purge_tenant(request.tenant, now)) plan = plan_now();
  if (plan.answer.status == KeyValueCommitted::Status::kCommitted) {
    if (!fits(request, plan)) return std::nullopt;
    TenantRow row = tenants_.find_or_make(request.tenant);
    carry_out(request, plan, row.id, now);
    row.usage = plan.answer.usage;
    row.version = plan.answer.version;
    tenants_.put(request.tenant, row);
  }
  return std::move(plan.answer);
}

std::vector<StoredEntry> Writes::stored(const KeyValueCommit& request, std::int64_t tenant,
                                        KeyValueTime now) {
  std::vector<StoredEntry> found;
  found.reserve(request.writes.size());
  for (const KeyValueWrite& write : request.writes) found.push_back(stored(write, tenant, now));
  return found;
}

StoredEntry Writes::stored(const KeyValueWrite& write, std::int64_t tenant, KeyValueTime now) {
  StoredEntry found;
  if (tenant == 0) return found;
  Query query(describe_);
  if (!query.bind(tenant).bind(write.at.space).bind(write.at.key).next()) return found;
  found.version = query.count(0);
  found.expires_at = query.optional_time(1);
  found.bytes = write.at.key.size() + query.count(2);
  if (reads_current(write) && is_alive(found.expires_at, now))
    found.entry = entry(write.at, tenant);
  return found;
}

KeyValueEntry Writes::entry(const KeyValueKey& at, std::int64_t tenant) {
  KeyValueEntry found;
  found.key = at.key;
  Query query(read_);
  if (!query.bind(tenant).bind(at.space).bind(at.key).next()) return found;
  found.value = {static_cast<KeyValueType>(query.integer(0)), std::string(query.bytes(4))};
  found.version = query.count(1);
  found.updated_at = query.time(2);
  found.expires_at = query.optional_time(3);
  return found;
}

void Writes::carry_out(const KeyValueCommit& request, const CommitPlan& plan, std::int64_t tenant,
                       KeyValueTime now) {
  for (const PlannedWrite& planned : plan.writes) {
    const KeyValueKey& at = request.writes[planned.write].at;
    if (planned.remove) {
      remove(tenant, at.space, at.key);
      continue;
    }
    const KeyValueValue& value = planned.value(request);
    Query(put_)
        .bind(tenant)
        .bind(at.space)
        .bind(at.key)
        .bind(static_cast<std::int64_t>(value.type))
        .bind(static_cast<std::int64_t>(plan.answer.version))
        .bind(now)
        .bind(planned.expires_at)
        .bind(value.data)
        .run();
  }
}

void Writes::remove(std::int64_t tenant, std::string_view space, std::string_view key) {
  Query(remove_).bind(tenant).bind(space).bind(key).run();
}

bool Writes::purge() {
  const std::int64_t erased = tenants_.find_detached();
  if (erased == 0) return purge_expired();
  EraseProgress progress;
  progress.tenant = erased;
  progress.newest = INT64_MAX;
  if (erase_part(progress, std::nullopt).last) tenants_.drop(erased);
  return true;
}

bool Writes::purge_expired() {
  std::vector<Expired> found;
  std::uint64_t bytes = 0;
  {
    Query query(expired_);
    query.bind(now_of(clock_)).bind(kPurgedAtOnce);
    while (bytes < kPurgedBytes && query.next()) {
      found.push_back({std::string(query.bytes(1)), std::string(query.bytes(2)), query.integer(0),
                       query.count(3)});
      bytes += found.back().bytes;
    }
  }
  for (const Expired& one : found) {
    remove(one.tenant, one.space, one.key);
    const std::string tenant = tenants_.name_of(one.tenant);
    TenantRow row = tenants_.find(tenant);
    if (row.usage.keys == 0) continue;  // it is being erased, and has nothing any more
    --row.usage.keys;
    row.usage.bytes.count -= one.bytes;
    tenants_.put(tenant, row);
  }
  return found.size() == static_cast<std::size_t>(kPurgedAtOnce) || bytes >= kPurgedBytes;
}

bool Writes::purge_tenant(const std::string& tenant, KeyValueTime now) {
  TenantRow row = tenants_.find(tenant);
  if (row.id == 0) return false;
  std::vector<Expired> found;
  {
    Query query(expired_of_tenant_);
    query.bind(row.id).bind(now).bind(kPurgedAtOnce);
    while (query.next()) {
      found.push_back(
          {std::string(query.bytes(1)), std::string(query.bytes(2)), row.id, query.count(3)});
    }
  }
  for (const Expired& one : found) {
    remove(one.tenant, one.space, one.key);
    --row.usage.keys;
    row.usage.bytes.count -= one.bytes;
  }
  if (!found.empty()) tenants_.put(tenant, row);
  return !found.empty();
}

}  // namespace sublet::adapters::sqlite
