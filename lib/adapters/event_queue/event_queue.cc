// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/event_queue.h"

#include <algorithm>
#include <initializer_list>
#include <tuple>

#include "adapters/event_queue/bounds.h"
#include "adapters/event_queue/checks.h"

namespace sublet {
inline namespace v1 {
namespace {

using adapters::check_bytes;
using adapters::check_event_name;
using adapters::check_range;
using adapters::check_span;
using Queue = EventQueue;
using std::chrono::milliseconds;

Error refused(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::string_view text_of(const std::optional<std::string>& text) {
  return text.has_value() ? std::string_view(*text) : std::string_view();
}

// The first one that failed.
Result<void> all_of(std::initializer_list<Result<void>> checks) {
  for (const Result<void>& check : checks) {
    if (!check) return check;
  }
  return {};
}

Result<void> check_queue(const EventQueueName& queue) {
  return all_of({check_event_name("tenant", queue.tenant),
                 check_event_name("extension", queue.extension, 0),
                 check_event_name("event", queue.event)});
}

Result<void> check_delivery(const NewDelivery& delivery) {
  return all_of({check_queue(delivery.queue), check_event_name("event_id", delivery.event_id),
                 check_bytes("payload", delivery.payload, 0, Queue::kMaxPayloadBytes),
                 check_bytes("envelope", delivery.envelope, 0, Queue::kMaxEnvelopeBytes),
                 check_bytes("ordering_key", delivery.ordering_key, 0, Queue::kMaxKeyBytes)});
}

Result<void> check_deliveries(const std::vector<NewDelivery>& deliveries) {
  if (Result<void> count =
          check_range("the number of deliveries", deliveries.size(), 0, Queue::kMaxDeliveries);
      !count) {
    return count;
  }
  for (const NewDelivery& delivery : deliveries) {
    if (Result<void> checked = check_delivery(delivery); !checked) return checked;
    if (delivery.queue.tenant != deliveries.front().queue.tenant) {
      return refused("deliveries are of more than one tenant; they must be of one");
    }
  }
  return {};
}

Result<void> check_write(const EventRecordWrite& write) {
  return all_of({check_event_name("kind", write.kind), check_event_name("tenant", write.tenant, 0),
                 check_bytes("name", write.name, 1, Queue::kMaxKeyBytes),
                 check_bytes("data", text_of(write.data), 0, Queue::kMaxNoteBytes),
                 check_span("expires_in", write.expires_in, milliseconds(0), Queue::kMaxSpan)});
}

Result<void> check_no_record_twice(const std::vector<EventRecordWrite>& writes) {
  std::vector<const EventRecordWrite*> sorted;
  sorted.reserve(writes.size());
  for (const EventRecordWrite& write : writes) sorted.push_back(&write);
  const auto name_of = [](const EventRecordWrite* write) {
    return std::tie(write->kind, write->tenant, write->name);
  };
  std::sort(sorted.begin(), sorted.end(),
            [&](const auto* a, const auto* b) { return name_of(a) < name_of(b); });
  const auto twice =
      std::adjacent_find(sorted.begin(), sorted.end(),
                         [&](const auto* a, const auto* b) { return name_of(a) == name_of(b); });
  if (twice == sorted.end()) return {};
  return refused("records are written together that name one twice");
}

Result<void> check_unit(const EventEnqueue& unit) {
  Result<void> checked = all_of(
      {check_deliveries(unit.deliveries),
       check_bytes("idempotency_key", unit.idempotency_key, 0, Queue::kMaxKeyBytes),
       check_span("idempotency_window", unit.idempotency_window, milliseconds(1), Queue::kMaxSpan),
       validate(unit.records)});
  if (checked && !unit.idempotency_key.empty() && unit.deliveries.empty()) {
    return refused("idempotency_key is given without deliveries; there must be at least 1");
  }
  return checked;
}

Result<void> check_settlement(const EventSettlement& settlement) {
  const bool dead = settlement.kind == EventSettlement::Kind::kDead;
  return all_of({check_span("delay", settlement.delay, milliseconds(0), Queue::kMaxSpan),
                 check_event_name("reason", settlement.reason, dead ? 1 : 0),
                 check_bytes("note", settlement.note, 0, Queue::kMaxNoteBytes),
                 check_bytes("completion", settlement.completion, 0, Queue::kMaxNoteBytes),
                 check_deliveries(settlement.deliveries)});
}

Result<void> check_no_queue_twice(const std::vector<EventClaim::From>& from) {
  std::vector<const EventQueueName*> names;
  names.reserve(from.size());
  for (const EventClaim::From& one : from) names.push_back(&one.queue);
  std::sort(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto twice = std::adjacent_find(names.begin(), names.end(),
                                        [](const auto* a, const auto* b) { return *a == *b; });
  if (twice == names.end()) return {};
  return refused("a claim is from one queue twice");
}

}  // namespace

EventQueue::~EventQueue() = default;

Result<void> validate(const std::vector<EventEnqueue>& units) {
  if (Result<void> count = check_range("the number of units", units.size(), 0, Queue::kMaxUnits);
      !count) {
    return count;
  }
  for (const EventEnqueue& unit : units) {
    if (Result<void> checked = check_unit(unit); !checked) return checked;
  }
  return {};
}

Result<void> validate(const EventClaim& request) {
  Result<void> checked =
      all_of({check_range("the size of from", request.from.size(), 1, Queue::kMaxClaim),
              check_event_name("owner", request.owner, 0),
              check_span("lease", request.lease, milliseconds(100), Queue::kMaxLease)});
  if (!checked) return checked;
  for (const EventClaim::From& from : request.from) {
    checked = all_of({check_queue(from.queue), check_range("max", from.max, 1, Queue::kMaxClaim)});
    if (!checked) return checked;
  }
  return check_no_queue_twice(request.from);
}

Result<void> validate(const std::vector<EventSettlement>& settlements) {
  if (Result<void> count =
          check_range("the number of settlements", settlements.size(), 0, Queue::kMaxClaim);
      !count) {
    return count;
  }
  for (const EventSettlement& settlement : settlements) {
    if (Result<void> checked = check_settlement(settlement); !checked) return checked;
  }
  return {};
}

Result<void> validate(const EventFilter& filter) {
  return all_of({check_event_name("tenant", filter.tenant, 0),
                 check_event_name("extension", text_of(filter.extension), 0),
                 check_event_name("event", text_of(filter.event), 0),
                 check_range("the number of ids", filter.ids.size(), 0, Queue::kMaxPage),
                 check_event_name("event_id", filter.event_id, 0),
                 check_event_name("reason", filter.reason, 0)});
}

Result<void> validate(const EventPeek& request) {
  return adapters::check_filtered(request.filter, request.limit);
}

Result<void> validate(const std::vector<EventRecordWrite>& writes) {
  if (Result<void> count =
          check_range("the number of records", writes.size(), 0, Queue::kMaxRecordWrites);
      !count) {
    return count;
  }
  for (const EventRecordWrite& write : writes) {
    if (Result<void> checked = check_write(write); !checked) return checked;
  }
  return check_no_record_twice(writes);
}

}  // namespace v1
}  // namespace sublet
