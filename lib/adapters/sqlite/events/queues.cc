// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/queues.h"

#include <string>
#include <vector>

#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite::events {
namespace {

constexpr std::int64_t kLookedAtAtOnce = 1000;

}  // namespace

Queues::Queues(Connection& connection, Counters& counters)
    : counters_(counters),
      find_(connection,
            "SELECT id, scope FROM queue WHERE tenant = ? AND extension = ? AND event = ?"),
      scope_(connection, "SELECT scope FROM queue WHERE tenant = ? AND extension = ? LIMIT 1"),
      make_(connection,
            "INSERT INTO queue (id, scope, tenant, extension, event) VALUES (?, ?, ?, ?, ?)"),
      describe_(connection, "SELECT tenant, extension, event, scope FROM queue WHERE id = ?"),
      some_(connection, "SELECT id FROM queue WHERE id > ? ORDER BY id LIMIT ?"),
      drop_(connection,
            "DELETE FROM queue WHERE id = ?1"
            " AND NOT EXISTS (SELECT 1 FROM delivery WHERE queue = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM dead WHERE queue = ?1)"),
      of_tenant_(connection, "SELECT id FROM queue WHERE tenant = ?") {}

void Queues::forget() {
  rows_.clear();
  described_.clear();
  woken_.clear();
}

void Queues::remember(const QueueRow& row, const EventQueueName& name) {
  rows_.emplace(name, row);
  described_.emplace(row.id, Described{name, row.scope});
}

std::optional<QueueRow> Queues::find(const EventQueueName& name) {
  const auto known = rows_.find(name);
  if (known != rows_.end()) return known->second;
  Query query(find_);
  if (!query.bind(name.tenant).bind(name.extension).bind(name.event).next()) return std::nullopt;
  const QueueRow row{query.integer(0), query.integer(1)};
  remember(row, name);
  return row;
}

QueueRow Queues::find_or_make(const EventQueueName& name) {
  if (const std::optional<QueueRow> found = find(name)) return *found;
  QueueRow row;
  row.id = counters_.next_queue();
  {
    Query query(scope_);
    row.scope = query.bind(name.tenant).bind(name.extension).next() ? query.integer(0) : row.id;
  }
  Query(make_)
      .bind(row.id)
      .bind(row.scope)
      .bind(name.tenant)
      .bind(name.extension)
      .bind(name.event)
      .run();
  remember(row, name);
  return row;
}

const Queues::Described& Queues::described(std::int64_t id) {
  const auto known = described_.find(id);
  if (known != described_.end()) return known->second;
  Query query(describe_);
  if (!query.bind(id).next()) {
    throw Failure{{ErrorCode::kFailedPrecondition, "the database is damaged: a queue is missing"}};
  }
  const EventQueueName name{std::string(query.bytes(0)), std::string(query.bytes(1)),
                            std::string(query.bytes(2))};
  remember({id, query.integer(3)}, name);
  return described_.at(id);
}

bool Queues::drop_empty() {
  std::vector<std::int64_t> ids;
  {
    Query query(some_);
    query.bind(looked_at_).bind(kLookedAtAtOnce);
    while (query.next()) ids.push_back(query.integer(0));
  }
  for (const std::int64_t id : ids) Query(drop_).bind(id).run();
  rows_.clear();
  described_.clear();
  const bool end = ids.size() < static_cast<std::size_t>(kLookedAtAtOnce);
  looked_at_ = end ? 0 : ids.back();
  return end;
}

void Queues::drop_empty_of(const std::string& tenant) {
  std::vector<std::int64_t> ids;
  {
    Query query(of_tenant_);
    query.bind(tenant);
    while (query.next()) ids.push_back(query.integer(0));
  }
  for (const std::int64_t id : ids) Query(drop_).bind(id).run();
  rows_.clear();
  described_.clear();
}

}  // namespace sublet::adapters::sqlite::events
