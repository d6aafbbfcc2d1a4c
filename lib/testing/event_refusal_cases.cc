// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// Requests outside the bounds of EventQueue: kInvalidArgument, with a message that names what.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using Queue = EventQueue;

std::string long_name() { return std::string(Queue::kMaxNameBytes + 1, 'n'); }
std::string long_key() { return std::string(Queue::kMaxKeyBytes + 1, 'k'); }
std::string long_note() { return std::string(Queue::kMaxNoteBytes + 1, 'o'); }
std::string with_zero() { return std::string("a\0b", 3); }

void deliveries(EventTrial& trial) {
  const auto refused = [&](const char* field, const auto& change) {
    NewDelivery delivery = event("b");
    change(delivery);
    trial.expect_refused(
        trial.start_enqueue({unit_of({event("a")}), unit_of({event("a"), delivery})}), field);
    EventSettlement settlement;
    settlement.deliveries = {event("a"), delivery};
    trial.expect_refused(trial.start_settle({settlement}), field);
  };
  refused("tenant", [](NewDelivery& delivery) { delivery.queue.tenant.clear(); });
  refused("tenant", [](NewDelivery& delivery) { delivery.queue.tenant = long_name(); });
  refused("tenant", [](NewDelivery& delivery) { delivery.queue.tenant = with_zero(); });
  refused("tenant", [](NewDelivery& delivery) { delivery.queue.tenant = "other"; });
  refused("extension", [](NewDelivery& delivery) { delivery.queue.extension = long_name(); });
  refused("extension", [](NewDelivery& delivery) { delivery.queue.extension = with_zero(); });
  refused("event", [](NewDelivery& delivery) { delivery.queue.event.clear(); });
  refused("event", [](NewDelivery& delivery) { delivery.queue.event = long_name(); });
  refused("event_id", [](NewDelivery& delivery) { delivery.event_id.clear(); });
  refused("event_id", [](NewDelivery& delivery) { delivery.event_id = long_name(); });
  refused("payload", [](NewDelivery& delivery) {
    delivery.payload = std::string(Queue::kMaxPayloadBytes + 1, 'p');
  });
  refused("envelope", [](NewDelivery& delivery) {
    delivery.envelope = std::string(Queue::kMaxEnvelopeBytes + 1, 'e');
  });
  refused("ordering_key", [](NewDelivery& delivery) { delivery.ordering_key = long_key(); });
  expect_equal("deliveries after refusals", trial.count({}), EventCounts{});
}

void units(EventTrial& trial) {
  const auto refused = [&](const char* field, EventEnqueue unit) {
    trial.expect_refused(trial.start_enqueue({unit_of({event("a")}), std::move(unit)}), field);
  };
  refused("deliveries", unit_of(std::vector<NewDelivery>(Queue::kMaxDeliveries + 1, event("a"))));
  refused("idempotency_key", unit_of({event("a")}, long_key()));
  refused("idempotency_key", unit_of({}, "key"));
  EventEnqueue unit = unit_of({event("a")}, "key");
  unit.idempotency_window = milliseconds(0);
  refused("idempotency_window", unit);
  unit.idempotency_window = Queue::kMaxSpan + milliseconds(1);
  refused("idempotency_window", unit);
  unit = unit_of({event("a")});
  unit.records = {record_write("", "1")};
  refused("name", unit);
  trial.expect_refused(trial.start_enqueue(std::vector<EventEnqueue>(Queue::kMaxUnits + 1)),
                       "units");
  expect_equal("deliveries after refusals", trial.count({}), EventCounts{});
}

void claims(EventTrial& trial) {
  const auto refused = [&](const char* field, const auto& change) {
    EventClaim request;
    request.from = {{event_queue("a"), 1}, {event_queue("b"), 1}};
    change(request);
    trial.expect_refused(trial.start_claim(std::move(request)), field);
  };
  refused("from", [](EventClaim& request) { request.from.clear(); });
  refused("from", [](EventClaim& request) {
    for (std::uint32_t i = 0; i < Queue::kMaxClaim; ++i) {
      request.from.push_back({event_queue("c" + std::to_string(i)), 1});
    }
  });
  refused("twice", [](EventClaim& request) { request.from.push_back({event_queue("a"), 1}); });
  refused("max", [](EventClaim& request) { request.from[1].max = 0; });
  refused("max", [](EventClaim& request) { request.from[1].max = Queue::kMaxClaim + 1; });
  refused("tenant", [](EventClaim& request) { request.from[1].queue.tenant.clear(); });
  refused("extension", [](EventClaim& request) { request.from[1].queue.extension = long_name(); });
  refused("event", [](EventClaim& request) { request.from[1].queue.event.clear(); });
  refused("owner", [](EventClaim& request) { request.owner = long_name(); });
  refused("lease", [](EventClaim& request) { request.lease = milliseconds(99); });
  refused("lease", [](EventClaim& request) { request.lease = Queue::kMaxLease + milliseconds(1); });
}

void settlements(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  const Deliveries claimed = trial.claim();
  const auto refused = [&](const char* field, const auto& change) {
    EventSettlement settlement = settlement_of(claimed.at(1), EventKind::kDead);
    change(settlement);
    trial.expect_refused(trial.start_settle({settlement_of(claimed.at(0)), settlement}), field);
  };
  refused("delay", [](EventSettlement& settlement) { settlement.delay = milliseconds(-1); });
  refused("delay", [](EventSettlement& settlement) {
    settlement.delay = Queue::kMaxSpan + milliseconds(1);
  });
  refused("reason", [](EventSettlement& settlement) { settlement.reason.clear(); });
  refused("reason", [](EventSettlement& settlement) { settlement.reason = long_name(); });
  refused("note", [](EventSettlement& settlement) { settlement.note = long_note(); });
  refused("completion", [](EventSettlement& settlement) { settlement.completion = long_note(); });
  trial.expect_refused(trial.start_settle(std::vector<EventSettlement>(Queue::kMaxClaim + 1)),
                       "settlements");
  trial.expect_refused(trial.start_extend({}, milliseconds(99)), "lease");
  trial.expect_refused(trial.start_extend({}, Queue::kMaxLease + milliseconds(1)), "lease");
  trial.expect_refused(
      trial.start_extend(std::vector<EventLease>(Queue::kMaxClaim + 1), milliseconds(100)),
      "leases");
  expect_equal("claims after refusals", trial.count(), EventCounts{0, 2, 0, 0});
}

void filters(EventTrial& trial) {
  const auto refused = [&](const char* field, const auto& change) {
    EventPeek request;
    change(request.filter);
    trial.expect_refused(trial.start_peek(request), field);
    trial.expect_refused(trial.start_count(request.filter), field);
    trial.expect_refused(trial.start_replay(request.filter, 1), field);
    trial.expect_refused(trial.start_bury(request.filter, "reason", 1), field);
    trial.expect_refused(trial.start_purge(request.filter, false, 1), field);
  };
  refused("tenant", [](EventFilter& filter) { filter.tenant = long_name(); });
  refused("extension", [](EventFilter& filter) { filter.extension = long_name(); });
  refused("event", [](EventFilter& filter) { filter.event = long_name(); });
  refused("ids", [](EventFilter& filter) {
    filter.ids = std::vector<std::uint64_t>(Queue::kMaxPage + 1, 1);
  });
  refused("event_id", [](EventFilter& filter) { filter.event_id = long_name(); });
  refused("reason", [](EventFilter& filter) { filter.reason = long_name(); });
  trial.expect_refused(trial.start_bury({}, "", 1), "reason");
  trial.expect_refused(trial.start_bury({}, long_name(), 1), "reason");
}

void limits(EventTrial& trial) {
  for (const std::uint32_t limit : {std::uint32_t{0}, Queue::kMaxPage + 1}) {
    EventPeek request;
    request.limit = limit;
    trial.expect_refused(trial.start_peek(request), "limit");
    trial.expect_refused(trial.start_ready({}, limit), "limit");
    trial.expect_refused(trial.start_replay({}, limit), "limit");
    trial.expect_refused(trial.start_bury({}, "reason", limit), "limit");
    trial.expect_refused(trial.start_purge({}, true, limit), "limit");
    trial.expect_refused(trial.start_erase("tenant", limit), "limit");
    trial.expect_refused(trial.start_completions({}, limit), "limit");
    trial.expect_refused(trial.start_forget(trial.now(), limit), "limit");
    trial.expect_refused(trial.start_read("kind", {}, {}, limit), "limit");
    trial.expect_refused(trial.start_due("kind", limit), "limit");
  }
  trial.expect_refused(trial.start_erase("", 1), "tenant");
  trial.expect_refused(trial.start_erase(long_name(), 1), "tenant");
  trial.expect_refused(trial.start_ready("no place", 1), "after");
  trial.expect_refused(trial.start_completions("no cursor", 1), "after");
}

void records(EventTrial& trial) {
  const auto refused = [&](const char* field, const auto& change) {
    EventRecordWrite write = record_write("b", "1");
    change(write);
    trial.expect_refused(trial.start_write({record_write("a", "1"), write}), field);
  };
  refused("kind", [](EventRecordWrite& write) { write.kind.clear(); });
  refused("kind", [](EventRecordWrite& write) { write.kind = long_name(); });
  refused("tenant", [](EventRecordWrite& write) { write.tenant = long_name(); });
  refused("tenant", [](EventRecordWrite& write) { write.tenant = with_zero(); });
  refused("name", [](EventRecordWrite& write) { write.name.clear(); });
  refused("name", [](EventRecordWrite& write) { write.name = long_key(); });
  refused("data", [](EventRecordWrite& write) { write.data = long_note(); });
  refused("expires_in", [](EventRecordWrite& write) { write.expires_in = milliseconds(-1); });
  refused("expires_in",
          [](EventRecordWrite& write) { write.expires_in = Queue::kMaxSpan + milliseconds(1); });
  refused("twice", [](EventRecordWrite& write) { write.name = "a"; });
  std::vector<EventRecordWrite> many;
  for (std::size_t i = 0; i <= Queue::kMaxRecordWrites; ++i) {
    many.push_back(record_write(std::to_string(i), "1"));
  }
  trial.expect_refused(trial.start_write(many), "records");
  trial.expect_refused(trial.start_read("", {}, {}, 1), "kind");
  trial.expect_refused(trial.start_read(long_name(), {}, {}, 1), "kind");
  trial.expect_refused(trial.start_due("", 1), "kind");
  expect(trial.value(trial.start_read("kind", {}, {}, 10)).empty(), "no record is there");
}

}  // namespace

std::vector<EventCase> event_refusal_cases() {
  return {
      {"refusals: of deliveries", deliveries}, {"refusals: of units", units},
      {"refusals: of claims", claims},         {"refusals: of settlements", settlements},
      {"refusals: of filters", filters},       {"refusals: of limits and places", limits},
      {"refusals: of records", records},
  };
}

}  // namespace sublet::testing::conformance
