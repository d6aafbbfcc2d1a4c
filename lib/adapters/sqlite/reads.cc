// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/reads.h"

#include <algorithm>
#include <utility>

#include "adapters/key_value/commit_plan.h"
#include "adapters/key_value/key_range.h"

namespace sublet::adapters::sqlite {
namespace {

// Keys from `first` on and before `end`.
struct Range {
  std::string first;
  std::string end;
};

// std::string compares bytes as unsigned ones, as SQLite does with BLOBs.
Range range_of(const KeyValueList& request) {
  // Without an end: what is after every key that there can be.
  Range range{
      request.prefix,
      end_of_prefix(request.prefix).value_or(std::string(KeyValueStore::kMaxKeyBytes + 1, '\xff'))};
  if (!request.after.has_value()) return range;
  if (request.reverse) {
    range.end = std::min(range.end, *request.after);
  } else {
    range.first = std::max(range.first, *request.after + '\0');
  }
  return range;
}

std::string list_sql(bool reverse, bool keys_only) {
  return std::string("SELECT key, version, updated_at, expires_at") +
         (keys_only ? "" : ", type, value") +
         " FROM entry WHERE tenant = (SELECT id FROM tenant WHERE name = ?) AND space = ?"
         " AND key >= ? AND key < ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY key" +
         (reverse ? " DESC" : "");
}

KeyValueEntry listed_entry(const Query& query, bool keys_only) {
  KeyValueEntry entry;
  entry.key = query.bytes(0);
  entry.version = query.count(1);
  entry.updated_at = query.time(2);
  entry.expires_at = query.optional_time(3);
  entry.value.type = keys_only ? KeyValueType::kBytes : static_cast<KeyValueType>(query.integer(4));
  if (!keys_only) entry.value.data = query.bytes(5);
  return entry;
}

}  // namespace

Reads::Reads(Connection& connection, KeyValueClock clock)
    : connection_(connection),
      clock_(std::move(clock)),
      get_(connection,
           "SELECT type, version, updated_at, expires_at, value FROM entry"
           " WHERE tenant = (SELECT id FROM tenant WHERE name = ?) AND space = ? AND key = ?"),
      list_(connection, list_sql(false, false).c_str()),
      list_reverse_(connection, list_sql(true, false).c_str()),
      list_keys_(connection, list_sql(false, true).c_str()),
      list_keys_reverse_(connection, list_sql(true, true).c_str()),
      usage_(connection, "SELECT keys, bytes, id FROM tenant WHERE name = ?"),
      expired_(connection,
               "SELECT count(*), coalesce(sum(length(key) + length(value)), 0) FROM entry"
               " WHERE tenant = ? AND expires_at IS NOT NULL AND expires_at <= ?"),
      spaces_(connection,
              "SELECT space, count(*), sum(length(key) + length(value)) FROM entry"
              " WHERE tenant = (SELECT id FROM tenant WHERE name = ?)"
              " AND (expires_at IS NULL OR expires_at > ?) GROUP BY space"),
      tenants_(connection,
               "SELECT name FROM tenant WHERE name > ? AND keys > 0 AND EXISTS (SELECT 1 FROM"
               " entry WHERE tenant = tenant.id AND (expires_at IS NULL OR expires_at > ?))"
               " ORDER BY name LIMIT ?") {}

std::vector<std::optional<KeyValueEntry>> Reads::answer(const KeyValueGet& request) {
  const KeyValueTime now = now_of(clock_);
  std::vector<std::optional<KeyValueEntry>> entries;
  entries.reserve(request.keys.size());
  // One statement is one moment by itself.
  std::optional<Transaction> transaction;
  if (request.keys.size() > 1) transaction.emplace(connection_, Transaction::Kind::kRead);
  for (const KeyValueKey& at : request.keys) entries.push_back(entry(request.tenant, at, now));
  return entries;
}

std::optional<KeyValueEntry> Reads::entry(const std::string& tenant, const KeyValueKey& at,
                                          KeyValueTime now) {
  Query query(get_);
  if (!query.bind(tenant).bind(at.space).bind(at.key).next()) return std::nullopt;
  KeyValueEntry found;
  found.expires_at = query.optional_time(3);
  if (!is_alive(found.expires_at, now)) return std::nullopt;
  found.key = at.key;
  found.value = {static_cast<KeyValueType>(query.integer(0)), std::string(query.bytes(4))};
  found.version = query.count(1);
  found.updated_at = query.time(2);
  return found;
}

Statement& Reads::list_statement(const KeyValueList& request) {
  if (request.keys_only) return request.reverse ? list_keys_reverse_ : list_keys_;
  return request.reverse ? list_reverse_ : list_;
}

KeyValuePage Reads::answer(const KeyValueList& request) {
  const Range range = range_of(request);
  KeyValuePage page;
  std::uint64_t bytes = 0;
  Query query(list_statement(request));
  query.bind(request.tenant).bind(request.space).bind(range.first).bind(range.end);
  query.bind(now_of(clock_));
  while (query.next()) {
    KeyValueEntry entry = listed_entry(query, request.keys_only);
    bytes += entry.key.size() + entry.value.data.size();
    const bool full = page.entries.size() >= request.limit || bytes > request.max_bytes.count;
    if (full && !page.entries.empty()) {
      page.more = true;
      break;
    }
    page.entries.push_back(std::move(entry));
  }
  return page;
}

KeyValueUsage Reads::answer(const UsageRequest& request) {
  const Transaction transaction(connection_, Transaction::Kind::kRead);
  Query query(usage_);
  if (!query.bind(request.tenant).next()) return {};
  KeyValueUsage usage{query.count(0), Bytes{query.count(1)}};
  Query expired(expired_);
  if (expired.bind(query.integer(2)).bind(now_of(clock_)).next()) {
    usage.keys -= expired.count(0);
    usage.bytes.count -= expired.count(1);
  }
  return usage;
}

std::map<std::string, KeyValueUsage> Reads::answer(const SpacesRequest& request) {
  std::map<std::string, KeyValueUsage> spaces;
  Query query(spaces_);
  query.bind(request.tenant).bind(now_of(clock_));
  while (query.next()) {
    spaces.emplace(query.bytes(0), KeyValueUsage{query.count(1), Bytes{query.count(2)}});
  }
  return spaces;
}

std::vector<std::string> Reads::answer(const TenantsRequest& request) {
  std::vector<std::string> tenants;
  Query query(tenants_);
  query.bind(request.after).bind(now_of(clock_)).bind(std::int64_t{request.limit});
  while (query.next()) tenants.emplace_back(query.bytes(0));
  return tenants;
}

}  // namespace sublet::adapters::sqlite
