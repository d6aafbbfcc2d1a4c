// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/keys.h"

namespace sublet::adapters::sqlite::events {

Keys::Keys(Connection& connection)
    : connection_(connection),
      find_(connection,
            "SELECT event_id FROM idempotency WHERE tenant = ? AND key = ? AND until > ?"),
      put_(connection,
           "INSERT OR REPLACE INTO idempotency (tenant, key, until, event_id)"
           " VALUES (?, ?, ?, ?)"),
      erase_(connection,
             "DELETE FROM idempotency WHERE (tenant, key) IN"
             " (SELECT tenant, key FROM idempotency WHERE tenant = ? LIMIT ?)"),
      purge_(connection,
             "DELETE FROM idempotency WHERE (tenant, key) IN"
             " (SELECT tenant, key FROM idempotency WHERE until <= ? ORDER BY until LIMIT ?)") {}

std::optional<std::string> Keys::find(const std::string& tenant, const std::string& key,
                                      EventTime now) {
  Query query(find_);
  if (!query.bind(tenant).bind(key).bind(now).next()) return std::nullopt;
  return std::string(query.bytes(0));
}

void Keys::put(const std::string& tenant, const std::string& key, std::chrono::milliseconds window,
               const std::string& event_id, EventTime now) {
  Query(put_).bind(tenant).bind(key).bind(now + window).bind(event_id).run();
}

std::uint64_t Keys::erase(const std::string& tenant, std::uint64_t limit) {
  Query(erase_).bind(tenant).bind(limit).run();
  return connection_.changed_rows();
}

std::uint64_t Keys::purge(EventTime now, std::uint64_t limit) {
  Query(purge_).bind(now).bind(limit).run();
  return connection_.changed_rows();
}

}  // namespace sublet::adapters::sqlite::events
