// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// What is enqueued, and that it is there as a whole or not at all.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;
using State = EventDelivery::State;

void what_is_enqueued_is_claimed(EventTrial& trial) {
  NewDelivery added = event("id");
  added.payload = R"({"a": 1})";
  added.envelope = "envelope";
  added.ordering_key = "key";
  added.expires_at = trial.now() + seconds(60);
  const EventTime enqueued_at = trial.now();
  const std::uint64_t id = trial.enqueue({added})[0];
  trial.advance(seconds(1));
  const EventDelivery found = trial.claim_one("id");
  expect_equal("the id", found.id, id);
  expect_equal("the queue", found.queue, added.queue);
  expect_equal("the payload", found.payload, added.payload);
  expect_equal("the envelope", found.envelope, added.envelope);
  expect_equal("the ordering key", found.ordering_key, added.ordering_key);
  expect_equal("when it was enqueued", found.enqueued_at, enqueued_at);
  expect_equal("when it expires", found.expires_at, added.expires_at);
  expect_equal("the state", found.state, State::kClaimed);
  expect(found.fence != 0, "a claim has a fence");
}

void bytes_of_all_kinds(EventTrial& trial) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  NewDelivery added = event("a");
  added.payload = all;
  added.envelope = std::string("\0\xFF", 2) + all;
  added.ordering_key = all;
  NewDelivery empty = event("b");
  empty.payload.clear();
  trial.enqueue({added, empty});
  const Deliveries found = trial.claim();
  expect_equal("the events", ids_of(found), Strings{"a", "b"});
  expect_equal("the payload", found[0].payload, added.payload);
  expect_equal("the envelope", found[0].envelope, added.envelope);
  expect_equal("the ordering key", found[0].ordering_key, added.ordering_key);
  expect_equal("the payload of the other", found[1].payload, std::string());
  expect(trial.settle(settlement_of(found[0], EventKind::kDead)), "the lease is held");
  expect_equal("the payload of a dead letter", trial.find("a", true).payload, added.payload);
}

void big_payloads(EventTrial& trial) {
  NewDelivery added = event("a");
  added.payload.resize(4u << 20);
  for (std::size_t i = 0; i < added.payload.size(); ++i) {
    added.payload[i] = static_cast<char>(i * 7 + i / 251);
  }
  trial.enqueue({added});
  expect(trial.claim_one("a").payload == added.payload, "4 MiB come back as they were");
}

void names_of_all_kinds(EventTrial& trial) {
  const std::vector<EventQueueName> names = {
      event_queue("c", "b", "a"),
      event_queue("c", "", "ab"),
      event_queue("bc", "", "a"),
      event_queue("C", "b", "a"),
      event_queue("c ", "b", "a"),
      event_queue("\xC3\xA9", "b", "a"),
      event_queue("e\xCC\x81", "b", "a"),
      event_queue("%", "_", "a'\"\\"),
      event_queue("c", "b", "\xF0\x9F\x98\x80"),
      event_queue(std::string(EventQueue::kMaxNameBytes, 'n'), "b", "a")};
  std::vector<NewDelivery> added;
  for (std::size_t i = 0; i < names.size(); ++i) {
    added.push_back(event(std::to_string(i), {}, names[i]));
  }
  trial.enqueue(added);
  for (std::size_t i = 0; i < names.size(); ++i) {
    trial.claim_one(std::to_string(i), names[i]);
  }
}

void ids_rise(EventTrial& trial) {
  std::vector<NewDelivery> many;
  for (int i = 0; i < 20; ++i) many.push_back(event(std::to_string(i)));
  std::vector<std::uint64_t> ids = trial.enqueue(many);
  const EventEnqueued more = trial.enqueue_unit(unit_of(many));
  expect_equal("the number of ids", std::uint64_t{more.ids.size()}, std::uint64_t{20});
  ids.insert(ids.end(), more.ids.begin(), more.ids.end());
  expect(ids[0] != 0, "no id is 0");
  const bool rise = std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
  if (!rise) fail("ids rise with the order of enqueueing: found " + show(ids));
}

void a_fan_out(EventTrial& trial) {
  std::vector<NewDelivery> added;
  for (std::size_t i = 0; i < EventQueue::kMaxDeliveries; ++i) {
    added.push_back(event("e", {}, event_queue("event", "x" + std::to_string(i % 64))));
  }
  const EventEnqueued answer = trial.enqueue_unit(unit_of(added));
  expect_equal("the status", answer.status, EventStatus::kEnqueued);
  expect_equal("the event of the unit", answer.event_id, std::string("e"));
  const Deliveries first = trial.claim(1, event_queue("event", "x0"));
  expect_equal("the events", ids_of(first), Strings{"e"});
  trial.done(first[0]);
  expect_equal("the other deliveries", trial.count(),
               EventCounts{EventQueue::kMaxDeliveries - 1, 0, 0, 0});
}

void nothing_at_all(EventTrial& trial) {
  expect(trial.value(trial.start_enqueue({})).empty(), "no units have no answers");
  const EventEnqueued answer = trial.enqueue_unit({});
  expect_equal("the status of an empty unit", answer.status, EventStatus::kEnqueued);
  expect_equal("its ids", answer.ids, std::vector<std::uint64_t>{});
  expect_equal("what is there", trial.count({}), EventCounts{});
}

void a_conflict_leaves_nothing(EventTrial& trial) {
  trial.write(record_write("taken", "1"));
  EventEnqueue unit = unit_of({event("a"), event("b")}, "key");
  unit.records = {record_write("new", "1"), record_write("taken", "2", 0)};
  EventEnqueued answer = trial.enqueue_unit(unit);
  expect_equal("the status", answer.status, EventStatus::kConflict);
  expect_equal("the place of the record", std::uint64_t{answer.failed}, std::uint64_t{1});
  expect_equal("its ids", answer.ids, std::vector<std::uint64_t>{});
  expect_equal("its event", answer.event_id, std::string());
  expect_equal("deliveries", trial.count(), EventCounts{});
  expect(!trial.record_named("new").has_value(), "no record of the unit is there");
  expect_equal("the other record", trial.record_named("taken")->data, std::string("1"));
  unit.records[1] = record_write("more", "1");
  unit.records[1].max_in_tenant = 2;
  answer = trial.enqueue_unit(unit);
  expect_equal("the status", answer.status, EventStatus::kOverCount);
  expect_equal("the place of the record", std::uint64_t{answer.failed}, std::uint64_t{1});
  expect_equal("deliveries", trial.count(), EventCounts{});
  unit.records.pop_back();
  answer = trial.enqueue_unit(unit);
  expect_equal("that nothing stands in its way after", answer.status, EventStatus::kEnqueued);
  expect_equal("deliveries", trial.count(), EventCounts{2, 0, 0, 0});
  expect(trial.record_named("new").has_value(), "the record of the unit is there");
}

void units_stand_by_themselves(EventTrial& trial) {
  std::vector<EventEnqueue> units(5);
  units[0] = unit_of({event("a")});
  units[1] = unit_of({event("b")});
  units[1].records = {record_write("r", "1", 77)};
  units[2].records = {record_write("r", "1")};
  units[3] = unit_of({event("c"), event("d")});
  units[3].records = {record_write("r", "2", 0)};
  units[4] = unit_of({event("e")});
  const auto answers = trial.value(trial.start_enqueue(units));
  std::vector<std::string> found;
  for (const EventEnqueued& answer : answers) found.push_back(show(answer.status));
  expect_equal("the statuses", found,
               Strings{"kEnqueued", "kConflict", "kEnqueued", "kConflict", "kEnqueued"});
  expect_equal("the events", ids_of(trial.peek()), Strings{"a", "e"});
  expect_equal("the record", trial.record_named("r")->data, std::string("1"));
}

void many_units(EventTrial& trial) {
  std::vector<EventEnqueue> units;
  for (std::size_t i = 0; i < EventQueue::kMaxUnits; ++i) {
    units.push_back(unit_of({event(std::to_string(i))}));
  }
  const auto answers = trial.value(trial.start_enqueue(units));
  expect_equal("the number of answers", std::uint64_t{answers.size()},
               std::uint64_t{EventQueue::kMaxUnits});
  const Deliveries claimed = trial.claim();
  expect_equal("the number of events", std::uint64_t{claimed.size()},
               std::uint64_t{EventQueue::kMaxUnits});
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    expect_equal("an event in its order", claimed[i].event_id, std::to_string(i));
    expect_equal("its id", claimed[i].id, answers[i].ids.at(0));
  }
}

}  // namespace

std::vector<EventCase> event_enqueue_cases() {
  return {
      {"enqueue: a claim gets what was enqueued", what_is_enqueued_is_claimed},
      {"enqueue: payloads and keys of all bytes", bytes_of_all_kinds},
      {"enqueue: big payloads", big_payloads},
      {"enqueue: queues with odd names", names_of_all_kinds},
      {"enqueue: ids rise with the order", ids_rise},
      {"enqueue: one event for many extensions", a_fan_out},
      {"enqueue: nothing at all", nothing_at_all},
      {"enqueue: a unit is there as a whole or not at all", a_conflict_leaves_nothing},
      {"enqueue: units stand by themselves", units_stand_by_themselves},
      {"enqueue: many units of one call", many_units},
  };
}

}  // namespace sublet::testing::conformance
