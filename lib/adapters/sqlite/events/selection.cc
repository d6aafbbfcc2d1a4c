// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/selection.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace sublet::adapters::sqlite::events {
namespace {

constexpr std::int64_t kAllQueues = 0;

std::string of_table(bool dead, const char* sql) {
  std::string text(sql);
  const std::string name = dead ? "dead" : "delivery";
  return text.replace(text.find('@'), 1, name);
}

bool fits_name(const std::optional<std::string>& wanted, std::string_view found) {
  return !wanted.has_value() || *wanted == found;
}

bool is_for_all(const EventFilter& filter) {
  return filter.tenant.empty() && !filter.extension.has_value() && !filter.event.has_value();
}

}  // namespace

Selector::Table::Table(Connection& connection, bool dead)
    : next(connection, of_table(dead, "SELECT id FROM @ WHERE id > ? ORDER BY id LIMIT 1").c_str()),
      next_in_queue(
          connection,
          of_table(dead, "SELECT id FROM @ WHERE id > ? AND queue = ? ORDER BY id LIMIT 1")
              .c_str()),
      describe(connection,
               dead ? "SELECT queue, event_id, died_at, reason FROM dead WHERE id = ?"
                    : "SELECT queue, event_id, enqueued_at, x'' FROM delivery WHERE id = ?") {}

Selector::Selector(Connection& connection)
    : living_(connection, false),
      dead_(connection, true),
      queues_of_tenant_(connection, "SELECT id, extension, event FROM queue WHERE tenant = ?"),
      all_queues_(connection, "SELECT id, extension, event FROM queue WHERE x'' = ?"),
      queue_(connection, "SELECT tenant, extension, event FROM queue WHERE id = ?") {}

std::vector<std::int64_t> Selector::queues(const EventFilter& filter) {
  std::vector<std::int64_t> queues;
  Query query(filter.tenant.empty() ? all_queues_ : queues_of_tenant_);
  query.bind(filter.tenant);
  while (query.next()) {
    const bool wanted =
        fits_name(filter.extension, query.bytes(1)) && fits_name(filter.event, query.bytes(2));
    if (wanted) queues.push_back(query.integer(0));
  }
  return queues;
}

Selection::Selection(Selector& selector, const EventFilter& filter, bool dead, std::uint64_t after)
    : selector_(selector),
      table_(selector.table(dead)),
      filter_(filter),
      dead_(dead),
      last_(after) {
  if (after > INT64_MAX || (!dead_ && !filter_.reason.empty())) return;
  if (filter_.ids.empty()) {
    start(after);
  } else {
    start_with_ids(after);
  }
}

void Selection::start(std::uint64_t after) {
  if (is_for_all(filter_)) return add_next(kAllQueues, after);
  for (const std::int64_t queue : selector_.queues(filter_)) add_next(queue, after);
}

// They are all there is to look at.
void Selection::start_with_ids(std::uint64_t after) {
  std::vector<std::uint64_t> ids = filter_.ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::uint64_t id : ids) {
    if (id > after) heads_.emplace(id, kAllQueues);
  }
}

void Selection::add_next(std::int64_t queue, std::uint64_t after) {
  Query query(queue == kAllQueues ? table_.next : table_.next_in_queue);
  query.bind(after);
  if (queue != kAllQueues) query.bind(queue);
  if (query.next()) heads_.emplace(query.count(0), queue);
}

bool Selection::needs_row() const {
  return !filter_.ids.empty() || !filter_.event_id.empty() || !filter_.reason.empty() ||
         filter_.from.has_value() || filter_.before.has_value();
}

bool Selection::queue_fits(std::int64_t queue) {
  if (filter_.ids.empty() || is_for_all(filter_)) return true;
  Query query(selector_.queue_);
  return query.bind(queue).next() && (filter_.tenant.empty() || filter_.tenant == query.bytes(0)) &&
         fits_name(filter_.extension, query.bytes(1)) && fits_name(filter_.event, query.bytes(2));
}

bool Selection::fits(std::uint64_t id) {
  if (!needs_row()) return true;
  Query query(table_.describe);
  if (!query.bind(id).next()) return false;
  return (filter_.event_id.empty() || filter_.event_id == query.bytes(1)) &&
         (filter_.reason.empty() || filter_.reason == query.bytes(3)) &&
         (!filter_.from.has_value() || query.time(2) >= *filter_.from) &&
         (!filter_.before.has_value() || query.time(2) < *filter_.before) &&
         queue_fits(query.integer(0));
}

std::optional<std::uint64_t> Selection::next(std::size_t rows) {
  for (; rows > 0 && !heads_.empty(); --rows) {
    const auto [id, queue] = heads_.top();
    heads_.pop();
    last_ = id;
    if (filter_.ids.empty()) add_next(queue, id);
    if (fits(id)) return id;
  }
  return std::nullopt;
}

}  // namespace sublet::adapters::sqlite::events
