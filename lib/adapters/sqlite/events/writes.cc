// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/writes.h"

#include <algorithm>
#include <utility>

#include "adapters/key_value/commit_plan.h"
#include "adapters/key_value/guarded.h"

namespace sublet::adapters::sqlite::events {
namespace {

using Status = EventEnqueued::Status;

constexpr std::uint64_t kPurgedAtOnce = 256;
// What a part of a large call looks at and moves at most, so that others need not wait long.
constexpr std::size_t kLookedAtAtOnce = 4096;
constexpr std::uint64_t kTakenAtOnce = 256;
constexpr std::uint64_t kTakenBytes = std::uint64_t{4} << 20;

Error is_full() {
  return {ErrorCode::kResourceExhausted, "max_file leaves no room for new events"};
}

}  // namespace

Writes::Writes(Connection& connection, const SqliteEventQueueOptions& options)
    : connection_(connection),
      clock_(options.clock),
      durable_(options.durability == SqliteEventQueueOptions::Durability::kMachine),
      waits_for_disk_(durable_),
      room_(connection, options.max_file.count != 0),
      counters_(connection),
      queues_(connection, counters_),
      deliveries_(connection, counters_, queues_),
      reader_(connection),
      completions_(connection, counters_),
      claims_(connection, queues_, deliveries_, completions_, reader_),
      records_(connection, counters_),
      keys_(connection),
      selector_(connection) {}

void Writes::wait_for_disk(bool wait) {
  if (!durable_ || wait == waits_for_disk_) return;
  connection_.execute(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  waits_for_disk_ = wait;
}

void Writes::begin(const Bounds& bounds) {
  bounds_ = bounds;
  counters_.forget();
  queues_.forget();
}

std::vector<EventQueueName> Writes::take_woken() {
  std::vector<EventQueueName> woken(woken_.begin(), woken_.end());
  woken_.clear();
  return woken;
}

std::optional<Result<std::vector<EventEnqueued>>> Writes::apply(EnqueueRequest& request) {
  const EventTime now = now_of(clock_);
  const EnqueuePart part = next_part(request);
  request.done.clear();
  request.committed.reserve(request.units.size());
  if (!room_.has(part.bytes)) return is_full();
  const std::size_t first = request.committed.size();
  for (std::size_t i = 0; i < part.units; ++i) {
    request.done.push_back(enqueue(request.units[first + i], now));
  }
  if (first + part.units < request.units.size()) return std::nullopt;
  std::vector<EventEnqueued> answer = request.committed;
  answer.insert(answer.end(), request.done.begin(), request.done.end());
  return answer;
}

EventEnqueued Writes::enqueue(const EventEnqueue& unit, EventTime now) {
  EventEnqueued answer;
  const bool has_key = !unit.idempotency_key.empty();
  if (has_key) {
    const std::string& tenant = unit.deliveries.front().queue.tenant;
    if (auto first = keys_.find(tenant, unit.idempotency_key, now)) {
      answer.status = Status::kDuplicate;
      answer.event_id = *std::move(first);
      return answer;
    }
  }
  answer = records_.write(unit.records, now);
  answer.ids.clear();
  if (answer.status != Status::kEnqueued || unit.deliveries.empty()) return answer;
  const NewDelivery& first = unit.deliveries.front();
  answer.event_id = first.event_id;
  for (const NewDelivery& one : unit.deliveries) answer.ids.push_back(deliveries_.add(one, now));
  if (has_key) {
    keys_.put(first.queue.tenant, unit.idempotency_key, unit.idempotency_window, first.event_id,
              now);
  }
  return answer;
}

std::optional<Result<std::vector<EventDelivery>>> Writes::apply(const EventClaim& request) {
  return claims_.claim(request, now_of(clock_));
}

std::optional<Result<std::vector<bool>>> Writes::apply(const ExtendRequest& request) {
  const EventTime until = now_of(clock_) + request.lease;
  std::vector<bool> held;
  for (const EventLease& lease : request.leases) held.push_back(claims_.extend(lease, until));
  return held;
}

std::optional<Result<std::vector<bool>>> Writes::apply(const SettleRequest& request) {
  const EventTime now = now_of(clock_);
  std::vector<bool> held;
  for (const EventSettlement& settlement : request) {
    held.push_back(claims_.settle(settlement, now));
    if (!held.back()) continue;
    for (const NewDelivery& one : settlement.deliveries) deliveries_.add(one, now);
  }
  return held;
}

std::optional<Result<std::uint64_t>> Writes::apply(TakeRequest& request) {
  const EventTime now = now_of(clock_);
  if (request.kind == TakeRequest::Kind::kReplay && !room_.has(0)) return is_full();
  TakeRequest::Progress progress = request.committed.value_or(TakeRequest::Progress{});
  request.done.reset();
  Selection selection(selector_, request.filter, request.dead, progress.after);
  std::uint64_t bytes = 0;
  for (std::uint64_t taken = 0; progress.taken < request.limit; ++taken) {
    // The last one that fits comes before those that were looked at in vain.
    const std::optional<std::uint64_t> id = selection.next(kLookedAtAtOnce);
    progress.after = selection.last();
    if (!id.has_value()) {
      if (selection.is_at_end()) return progress.taken;
      request.done = progress;
      return std::nullopt;
    }
    bytes += deliveries_.body_bytes(*id);
    take(*id, request, now);
    ++progress.taken;
    if (taken + 1 < kTakenAtOnce && bytes < kTakenBytes) continue;
    if (progress.taken == request.limit) break;
    request.done = progress;
    return std::nullopt;
  }
  return progress.taken;
}

void Writes::take(std::uint64_t id, const TakeRequest& request, EventTime now) {
  if (request.kind == TakeRequest::Kind::kReplay) return deliveries_.revive(id, now);
  if (request.dead) return deliveries_.remove_dead(id);
  const std::optional<DeliveryRow> row = deliveries_.find(id);
  if (!row.has_value()) return;
  if (request.kind == TakeRequest::Kind::kPurge) return deliveries_.remove(*row);
  bury(*row, request, now);
}

void Writes::bury(const DeliveryRow& row, const TakeRequest& request, EventTime now) {
  std::string content;
  if (request.completion) {
    const auto delivery = reader_.find(static_cast<std::uint64_t>(row.id), false, true);
    content = guarded([&]() -> Result<std::string> {
                return request.completion(*delivery);
              }).value_or(std::string());
  }
  deliveries_.die(row, request.reason, std::nullopt, now);
  completions_.add(queues_.name_of(row.queue).tenant, content, now);
}

std::optional<Result<std::uint64_t>> Writes::apply(EraseRequest& request) {
  const std::uint64_t wanted = request.limit - request.committed;
  const std::uint64_t most = std::min(wanted, kTakenAtOnce);
  std::uint64_t bytes = 0;
  std::uint64_t erased = erase_deliveries(request.tenant, false, most, bytes);
  erased += erase_deliveries(request.tenant, true, most - erased, bytes);
  request.done = request.committed + erased;
  if (bytes >= kTakenBytes && erased < wanted) return std::nullopt;
  erased += completions_.erase(request.tenant, most - erased);
  erased += records_.erase(request.tenant, most - erased);
  erased += keys_.erase(request.tenant, most - erased);
  request.done = request.committed + erased;
  if (erased == most && most < wanted) return std::nullopt;
  if (erased < wanted) queues_.drop_empty_of(request.tenant);
  return request.done;
}

std::uint64_t Writes::erase_deliveries(const std::string& tenant, bool dead, std::uint64_t limit,
                                       std::uint64_t& bytes) {
  EventFilter filter;
  filter.tenant = tenant;
  Selection selection(selector_, filter, dead, 0);
  std::uint64_t erased = 0;
  while (erased < limit && bytes < kTakenBytes) {
    const std::optional<std::uint64_t> id = selection.next(SIZE_MAX);
    if (!id.has_value()) break;
    bytes += deliveries_.body_bytes(*id);
    if (dead) {
      deliveries_.remove_dead(*id);
    } else if (const auto row = deliveries_.find(*id)) {
      deliveries_.remove(*row);
    }
    ++erased;
  }
  return erased;
}

std::optional<Result<std::uint64_t>> Writes::apply(const ForgetRequest& request) {
  return completions_.forget(request.before, request.limit);
}

std::optional<Result<EventEnqueued>> Writes::apply(const RecordsRequest& request) {
  const bool adds = std::any_of(request.begin(), request.end(),
                                [](const auto& write) { return write.data.has_value(); });
  if (adds && !room_.has(0)) return is_full();
  return records_.write(request, now_of(clock_));
}

bool Writes::purge() {
  const EventTime now = now_of(clock_);
  const std::uint64_t keys = keys_.purge(now, kPurgedAtOnce);
  const std::uint64_t records = records_.purge(now, kPurgedAtOnce);
  const bool all_queues = queues_.drop_empty();
  return keys == kPurgedAtOnce || records == kPurgedAtOnce || !all_queues;
}

}  // namespace sublet::adapters::sqlite::events
