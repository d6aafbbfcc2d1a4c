// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/records.h"

namespace sublet::adapters::sqlite::events {

using Status = EventEnqueued::Status;

Records::Records(Connection& connection, Counters& counters)
    : connection_(connection),
      counters_(counters),
      version_(connection,
               "SELECT version FROM record WHERE kind = ? AND tenant = ? AND name = ?"
               " AND (expires_at IS NULL OR expires_at > ?)"),
      count_(connection,
             "SELECT count(*) FROM record WHERE kind = ? AND tenant = ?"
             " AND (expires_at IS NULL OR expires_at > ?)"),
      put_(connection,
           "INSERT OR REPLACE INTO record (kind, tenant, name, version, due_at, expires_at, data)"
           " VALUES (?, ?, ?, ?, ?, ?, ?)"),
      remove_(connection, "DELETE FROM record WHERE kind = ? AND tenant = ? AND name = ?"),
      erase_(connection,
             "DELETE FROM record WHERE (kind, tenant, name) IN"
             " (SELECT kind, tenant, name FROM record WHERE tenant = ? LIMIT ?)"),
      purge_(connection,
             "DELETE FROM record WHERE (kind, tenant, name) IN (SELECT kind, tenant, name"
             " FROM record WHERE expires_at IS NOT NULL AND expires_at <= ?"
             " ORDER BY expires_at LIMIT ?)") {}

std::uint64_t Records::version_of(const EventRecordWrite& write, EventTime now) {
  Query query(version_);
  query.bind(write.kind).bind(write.tenant).bind(write.name).bind(now);
  return query.next() ? query.count(0) : 0;
}

bool Records::is_over_count(const EventRecordWrite& write, EventTime now) {
  if (write.max_in_tenant == UINT64_MAX) return false;
  Query query(count_);
  query.bind(write.kind).bind(write.tenant).bind(now);
  return query.next() && query.count(0) >= write.max_in_tenant;
}

Status Records::write_one(const EventRecordWrite& write, EventTime now, std::uint64_t& version) {
  const std::uint64_t present = version_of(write, now);
  if (write.expected.has_value() && *write.expected != present) return Status::kConflict;
  if (!write.data.has_value()) {
    Query(remove_).bind(write.kind).bind(write.tenant).bind(write.name).run();
    return Status::kEnqueued;
  }
  if (present == 0 && is_over_count(write, now)) return Status::kOverCount;
  version = static_cast<std::uint64_t>(counters_.next_version());
  std::optional<EventTime> expires_at;
  if (write.expires_in.count() != 0) expires_at = now + write.expires_in;
  Query query(put_);
  query.bind(write.kind).bind(write.tenant).bind(write.name).bind(version);
  query.bind(write.due_at).bind(expires_at).bind(*write.data).run();
  return Status::kEnqueued;
}

EventEnqueued Records::write(const std::vector<EventRecordWrite>& writes, EventTime now) {
  EventEnqueued answer;
  if (writes.empty()) return answer;
  connection_.execute("SAVEPOINT records");
  for (std::size_t i = 0; i < writes.size(); ++i) {
    std::uint64_t version = 0;
    answer.status = write_one(writes[i], now, version);
    if (answer.status != Status::kEnqueued) {
      connection_.execute("ROLLBACK TO records");
      answer.failed = i;
      answer.ids.clear();
      break;
    }
    answer.ids.push_back(version);
  }
  connection_.execute("RELEASE records");
  return answer;
}

std::uint64_t Records::erase(const std::string& tenant, std::uint64_t limit) {
  Query(erase_).bind(tenant).bind(limit).run();
  return connection_.changed_rows();
}

std::uint64_t Records::purge(EventTime now, std::uint64_t limit) {
  Query(purge_).bind(now).bind(limit).run();
  return connection_.changed_rows();
}

}  // namespace sublet::adapters::sqlite::events
