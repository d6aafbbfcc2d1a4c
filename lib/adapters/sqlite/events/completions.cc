// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/completions.h"

namespace sublet::adapters::sqlite::events {

Completions::Completions(Connection& connection, Counters& counters)
    : connection_(connection),
      counters_(counters),
      add_(connection, "INSERT INTO completion (id, tenant, at, content) VALUES (?, ?, ?, ?)"),
      forget_(connection,
              "DELETE FROM completion WHERE id IN"
              " (SELECT id FROM completion WHERE at < ? ORDER BY at LIMIT ?)"),
      erase_(connection,
             "DELETE FROM completion WHERE id IN"
             " (SELECT id FROM completion WHERE tenant = ? LIMIT ?)") {}

void Completions::add(const std::string& tenant, std::string_view content, EventTime now) {
  if (content.empty()) return;
  Query(add_).bind(counters_.next_completion()).bind(tenant).bind(now).bind(content).run();
}

std::uint64_t Completions::forget(EventTime before, std::uint64_t limit) {
  Query(forget_).bind(before).bind(limit).run();
  return connection_.changed_rows();
}

std::uint64_t Completions::erase(const std::string& tenant, std::uint64_t limit) {
  Query(erase_).bind(tenant).bind(limit).run();
  return connection_.changed_rows();
}

}  // namespace sublet::adapters::sqlite::events
