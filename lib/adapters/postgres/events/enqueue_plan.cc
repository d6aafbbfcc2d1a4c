// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/enqueue_plan.h"

namespace sublet::adapters::postgres {
namespace {

using Status = EventEnqueued::Status;

// Of a record that a unit before has written: nobody can know it yet.
constexpr std::uint64_t kNewVersion = UINT64_MAX;

EnqueueFound::Record record_of(const EventRecordWrite& write) {
  return {write.kind, write.tenant, write.name};
}

EventEnqueued failed(Status status, std::size_t place) {
  EventEnqueued answer;
  answer.status = status;
  answer.failed = place;
  return answer;
}

EventEnqueued check_all(const std::vector<EventRecordWrite>& writes, const EnqueueFound& found) {
  std::map<EnqueueFound::Kind, std::int64_t> more;  // than there are
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const EventRecordWrite& write = writes[i];
    const auto at = found.records.find(record_of(write));
    const bool exists = at != found.records.end();
    if (write.expected && *write.expected != (exists ? at->second : 0)) {
      return failed(Status::kConflict, i);
    }
    const EnqueueFound::Kind kind{write.kind, write.tenant};
    std::int64_t& added = more[kind];
    if (exists == write.data.has_value()) continue;
    added += exists ? -1 : 1;
    if (exists || write.max_in_tenant == UINT64_MAX) continue;
    const auto count = found.counts.find(kind);
    const std::int64_t before =
        count == found.counts.end() ? 0 : static_cast<std::int64_t>(count->second);
    if (static_cast<std::uint64_t>(before + added) > write.max_in_tenant) {
      return failed(Status::kOverCount, i);
    }
  }
  return {};
}

void write_all(const std::vector<EventRecordWrite>& writes, EnqueueFound& found) {
  for (const EventRecordWrite& write : writes) {
    const bool exists = found.records.contains(record_of(write));
    std::uint64_t& count = found.counts[{write.kind, write.tenant}];
    if (write.data) {
      if (!exists) ++count;
      found.records[record_of(write)] = kNewVersion;
    } else if (exists) {
      if (count > 0) --count;
      found.records.erase(record_of(write));
    }
  }
}

EventEnqueued plan_unit(const EventEnqueue& unit, EnqueueFound& found) {
  const bool has_key = !unit.idempotency_key.empty();
  EnqueueFound::Key key;
  if (has_key) {
    key = {unit.deliveries.front().queue.tenant, unit.idempotency_key};
    if (const auto first = found.keys.find(key); first != found.keys.end()) {
      EventEnqueued duplicate;
      duplicate.status = Status::kDuplicate;
      duplicate.event_id = first->second;
      return duplicate;
    }
  }
  EventEnqueued answer = check_all(unit.records, found);
  if (answer.status != Status::kEnqueued) return answer;
  write_all(unit.records, found);
  if (!unit.deliveries.empty()) answer.event_id = unit.deliveries.front().event_id;
  if (has_key) found.keys.emplace(std::move(key), answer.event_id);
  return answer;
}

}  // namespace

EnqueuePlan plan_enqueue(const std::vector<EventEnqueue>& units, EnqueueFound found) {
  EnqueuePlan plan;
  std::map<EnqueueFound::Record, std::size_t> places;
  for (const EventEnqueue& unit : units) {
    plan.answers.push_back(plan_unit(unit, found));
    if (plan.answers.back().status != Status::kEnqueued) continue;
    for (const NewDelivery& delivery : unit.deliveries) plan.deliveries.push_back(&delivery);
    if (!unit.idempotency_key.empty()) plan.keys.push_back(&unit);
    for (const EventRecordWrite& write : unit.records) {
      const auto [at, added] = places.emplace(record_of(write), plan.records.size());
      if (added) {
        plan.records.push_back(&write);
      } else {
        plan.records[at->second] = &write;
      }
    }
  }
  return plan;
}

}  // namespace sublet::adapters::postgres
