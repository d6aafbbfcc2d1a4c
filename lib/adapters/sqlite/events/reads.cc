// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/reads.h"

#include <charconv>
#include <utility>

#include "adapters/event_queue/places.h"
#include "adapters/key_value/commit_plan.h"
#include "adapters/sqlite/events/schema.h"
#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite::events {
namespace {

// Where a page before ended.
std::int64_t number_at(const std::string& after) {
  std::int64_t number = 0;
  const char* const end = after.data() + after.size();
  const auto [stop, error] = std::from_chars(after.data(), end, number);
  if (after.empty() || (error == std::errc() && stop == end && number >= 0)) return number;
  throw Failure{{ErrorCode::kInvalidArgument, "after is no place that a page named"}};
}

std::vector<EventRecord> records_in(Query& query, const std::string& kind) {
  std::vector<EventRecord> records;
  while (query.next()) {
    EventRecord& record = records.emplace_back();
    record.kind = kind;
    record.tenant = query.bytes(0);
    record.name = query.bytes(1);
    record.version = query.count(2);
    record.due_at = query.optional_time(3);
    record.expires_at = query.optional_time(4);
    record.data = query.bytes(5);
  }
  return records;
}

}  // namespace

Reads::Reads(Connection& connection, EventClock clock)
    : connection_(connection),
      clock_(std::move(clock)),
      selector_(connection),
      reader_(connection),
      next_queue_(connection,
                  "SELECT queue, due_at FROM delivery WHERE state < 2 AND queue > ?"
                  " ORDER BY queue, due_at LIMIT 1"),
      long_claims_(connection, "SELECT queue FROM delivery WHERE state = 1 AND due_at > ?"),
      name_(connection, "SELECT tenant, extension, event FROM queue WHERE id = ?"),
      all_of_queue_(connection, "SELECT count(*) FROM delivery WHERE queue = ?"),
      open_of_queue_(connection, "SELECT count(*) FROM delivery WHERE queue = ? AND state < 2"),
      claimed_of_queue_(connection,
                        "SELECT count(*) FROM delivery INDEXED BY delivery_claimed"
                        " WHERE state = 1 AND queue = ?"),
      dead_of_queue_(connection, "SELECT count(*) FROM dead WHERE queue = ?"),
      state_(connection, "SELECT state FROM delivery WHERE id = ?"),
      completions_(
          connection,
          "SELECT id, tenant, at, content FROM completion WHERE id > ? ORDER BY id LIMIT ?"),
      records_(connection,
               "SELECT tenant, name, version, due_at, expires_at, data FROM record"
               " WHERE kind = ? AND (tenant, name) > (?, ?)"
               " AND (expires_at IS NULL OR expires_at > ?) ORDER BY tenant, name LIMIT ?"),
      records_of_tenant_(connection,
                         "SELECT tenant, name, version, due_at, expires_at, data FROM record"
                         " WHERE kind = ? AND tenant = ? AND name > ?"
                         " AND (expires_at IS NULL OR expires_at > ?) ORDER BY name LIMIT ?"),
      due_records_(connection,
                   "SELECT tenant, name, version, due_at, expires_at, data FROM record"
                   " WHERE kind = ? AND due_at IS NOT NULL AND due_at <= ?"
                   " AND (expires_at IS NULL OR expires_at > ?)"
                   " ORDER BY due_at, tenant, name LIMIT ?") {}

std::set<std::int64_t> Reads::with_long_claims(EventTime now) {
  std::set<std::int64_t> queues;
  Query query(long_claims_);
  query.bind(now + EventQueue::kMaxLease);
  while (query.next()) queues.insert(query.integer(0));
  return queues;
}

EventQueueName Reads::name_of(std::int64_t queue) {
  Query query(name_);
  if (!query.bind(queue).next()) {
    throw Failure{{ErrorCode::kFailedPrecondition, "the database is damaged: a queue is missing"}};
  }
  return {std::string(query.bytes(0)), std::string(query.bytes(1)), std::string(query.bytes(2))};
}

// From queue to queue: how much each of them has does not matter.
EventReadyPage Reads::answer(const ReadyRequest& request) {
  const Transaction transaction(connection_, Transaction::Kind::kRead);
  EventReadyPage page;
  page.now = now_of(clock_);
  std::int64_t last = number_at(request.after);
  const std::set<std::int64_t> long_claims = with_long_claims(page.now);
  while (page.queues.size() < request.limit) {
    Query query(next_queue_);
    if (!query.bind(last).next()) return page;
    last = query.integer(0);
    EventTime due_at = query.time(1);
    if (long_claims.count(last) != 0) due_at = std::min(due_at, page.now);
    page.queues.push_back({name_of(last), due_at});
  }
  page.next = std::to_string(last);
  return page;
}

std::vector<EventDelivery> Reads::answer(const EventPeek& request) {
  const Transaction transaction(connection_, Transaction::Kind::kRead);
  std::vector<EventDelivery> found;
  Selection selection(selector_, request.filter, request.dead, request.after);
  while (found.size() < request.limit) {
    const std::optional<std::uint64_t> id = selection.next();
    if (!id.has_value()) break;
    auto delivery = reader_.find(*id, request.dead, request.payloads);
    if (delivery.has_value()) found.push_back(*std::move(delivery));
  }
  return found;
}

EventCounts Reads::answer(const EventFilter& request) {
  const Transaction transaction(connection_, Transaction::Kind::kRead);
  const bool whole_queues = request.ids.empty() && request.event_id.empty() &&
                            request.reason.empty() && !request.from.has_value() &&
                            !request.before.has_value();
  return whole_queues ? count_queues(request) : count_rows(request);
}

std::uint64_t Reads::count(Statement& statement, std::int64_t queue) {
  Query query(statement);
  return query.bind(queue).next() ? query.count(0) : 0;
}

EventCounts Reads::count_queues(const EventFilter& filter) {
  EventCounts counts;
  for (const std::int64_t queue : selector_.queues(filter)) {
    const std::uint64_t all = count(all_of_queue_, queue);
    const std::uint64_t open = count(open_of_queue_, queue);
    const std::uint64_t claimed = count(claimed_of_queue_, queue);
    counts.waiting += open - claimed;
    counts.claimed += claimed;
    counts.blocked += all - open;
    counts.dead += count(dead_of_queue_, queue);
  }
  return counts;
}

EventCounts Reads::count_rows(const EventFilter& filter) {
  EventCounts counts;
  Selection living(selector_, filter, false, 0);
  while (const std::optional<std::uint64_t> id = living.next()) {
    Query query(state_);
    if (!query.bind(*id).next()) continue;
    const std::int64_t state = query.integer(0);
    std::uint64_t& which = state == kClaimed   ? counts.claimed
                           : state == kBlocked ? counts.blocked
                                               : counts.waiting;
    ++which;
  }
  Selection dead(selector_, filter, true, 0);
  while (dead.next().has_value()) ++counts.dead;
  return counts;
}

EventCompletionPage Reads::answer(const CompletionsRequest& request) {
  EventCompletionPage page;
  page.cursor = request.after;
  Query query(completions_);
  query.bind(number_at(request.after)).bind(std::int64_t{request.limit});
  while (query.next()) {
    page.cursor = std::to_string(query.integer(0));
    page.completions.push_back(
        {page.cursor, std::string(query.bytes(1)), std::string(query.bytes(3)), query.time(2)});
  }
  return page;
}

std::vector<EventRecord> Reads::answer(const ReadRecordsRequest& request) {
  const auto [tenant, name] = record_at(request.tenant, request.after);
  Query query(request.tenant.has_value() ? records_of_tenant_ : records_);
  query.bind(request.kind).bind(tenant).bind(name).bind(now_of(clock_));
  query.bind(std::int64_t{request.limit});
  return records_in(query, request.kind);
}

std::vector<EventRecord> Reads::answer(const DueRecordsRequest& request) {
  const EventTime now = now_of(clock_);
  Query query(due_records_);
  query.bind(request.kind).bind(now).bind(now).bind(std::int64_t{request.limit});
  return records_in(query, request.kind);
}

}  // namespace sublet::adapters::sqlite::events
