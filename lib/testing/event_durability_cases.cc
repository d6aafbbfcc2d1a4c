// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// What a queue holds when it is opened again.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;

void expect_same(const Deliveries& before, const Deliveries& after) {
  expect_equal("the events", ids_of(after), ids_of(before));
  for (std::size_t i = 0; i < before.size(); ++i) {
    expect_equal("the id", after[i].id, before[i].id);
    expect_equal("the fence", after[i].fence, before[i].fence);
    expect_equal("the state", after[i].state, before[i].state);
    expect_equal("the queue", after[i].queue, before[i].queue);
    expect_equal("the payload", after[i].payload, before[i].payload);
    expect_equal("the envelope", after[i].envelope, before[i].envelope);
    expect_equal("the ordering key", after[i].ordering_key, before[i].ordering_key);
    expect_equal("the attempts", std::uint64_t{after[i].attempts},
                 std::uint64_t{before[i].attempts});
    expect_equal("when it was enqueued", after[i].enqueued_at, before[i].enqueued_at);
    expect_equal("when it is due", after[i].due_at, before[i].due_at);
    expect_equal("when it expires", after[i].expires_at, before[i].expires_at);
    expect_equal("the owner", after[i].owner, before[i].owner);
    expect_equal("the note", after[i].note, before[i].note);
    expect_equal("the reason", after[i].reason, before[i].reason);
    expect_equal("when it died", after[i].died_at, before[i].died_at);
  }
}

void everything_is_there(EventTrial& trial) {
  NewDelivery later = event("later", {}, event_queue("event", "later"));
  later.not_before = trial.now() + seconds(60);
  later.expires_at = trial.now() + seconds(90);
  later.payload = std::string("\0\xFF", 2);
  trial.enqueue(
      {event("retried"), event("dead"), event("claimed", "key"), event("blocked", "key"), later});
  const Deliveries claimed = trial.claim();
  EventSettlement settlement = settlement_of(claimed.at(0), EventKind::kRetry);
  settlement.note = "note";
  settlement.delay = seconds(20);
  trial.settle(settlement);
  settlement = settlement_of(claimed.at(1), EventKind::kDead);
  settlement.completion = "completion";
  trial.settle(settlement);
  const Deliveries before = trial.peek();
  const Deliveries dead = trial.peek(true);
  const EventCompletionPage page = trial.completions();
  trial.reopen();
  expect_same(before, trial.peek());
  expect_same(dead, trial.peek(true));
  expect_equal("completions", trial.contents(), Strings{"completion"});
  expect(trial.completions(page.cursor).completions.empty(), "a cursor is good as before");
  expect(trial.settle(settlement_of(claimed.at(2))), "a lease is held as before");
  trial.claim_one("blocked");
  trial.advance(seconds(20));
  trial.claim_one("retried");
}

void numbers_go_on(EventTrial& trial) {
  const std::uint64_t id = trial.enqueue({event("a")}).at(0);
  const EventDelivery claimed = trial.claim_one("a");
  const std::uint64_t version = trial.write(record_write("r", "1"));
  trial.write(record_write("r", std::nullopt));
  trial.value(trial.start_purge({}, false, 10));
  trial.reopen();
  expect(trial.enqueue({event("b")}).at(0) > id, "ids go on where they were");
  const EventDelivery next = trial.claim_one("b");
  expect(!(lease_of(next) == lease_of(claimed)), "no lease is given again");
  expect(!trial.settle(settlement_of(claimed)), "a lease of before is not held");
  expect(trial.write(record_write("r", "1")) != version, "no version is given again");
}

void keys_and_records_stay(EventTrial& trial) {
  EventEnqueue unit = unit_of({event("a")}, "key");
  unit.idempotency_window = seconds(30);
  trial.enqueue_unit(unit);
  EventRecordWrite write = record_write("r", "data");
  write.due_at = trial.now() + seconds(5);
  write.expires_in = seconds(10);
  const std::uint64_t version = trial.write(write);
  trial.reopen();
  trial.advance(seconds(5));
  const EventEnqueued again = trial.enqueue_unit(unit);
  expect_equal("the status", again.status, EventStatus::kDuplicate);
  expect_equal("the first one's event", again.event_id, std::string("a"));
  const auto found = trial.value(trial.start_due("kind", 10));
  expect_equal("records that are due", std::uint64_t{found.size()}, std::uint64_t{1});
  expect_equal("the data", found[0].data, std::string("data"));
  expect_equal("the version", found[0].version, version);
  trial.advance(seconds(5));
  expect(!trial.record_named("r").has_value(), "it expires as before");
}

void order_stays(EventTrial& trial) {
  trial.enqueue({event("a", "key"), event("b", "key"), event("c", "key")});
  trial.dead(trial.claim_one("a"));
  trial.value(trial.start_replay({}, 10));
  trial.reopen();
  trial.enqueue({event("d", "key")});
  for (const char* id : {"b", "c", "a", "d"}) trial.done(trial.claim_one(id));
}

void what_was_answered_is_there(EventTrial& trial) {
  std::vector<Pending<std::vector<EventEnqueued>>> calls;
  for (int i = 0; i < 100; ++i) {
    const std::string id = std::to_string(i);
    calls.push_back(trial.start_enqueue({unit_of({event(id), event(id)})}));
  }
  trial.reopen();
  for (int i = 0; i < 100; ++i) {
    const auto result = trial.wait(calls[static_cast<std::size_t>(i)]);
    EventFilter filter;
    filter.event_id = std::to_string(i);
    const std::uint64_t found = trial.count(filter).waiting;
    expect(found == 0 || found == 2, "a unit is there as a whole or not at all");
    if (result.has_value())
      expect_equal("deliveries of what was answered", found, std::uint64_t{2});
  }
}

}  // namespace

std::vector<EventCase> event_durability_cases() {
  return {
      {"opened again: everything is there", everything_is_there, true},
      {"opened again: numbers go on", numbers_go_on, true},
      {"opened again: keys and records stay", keys_and_records_stay, true},
      {"opened again: order stays", order_stays, true},
      {"opened again: what was answered as the queue ended is there", what_was_answered_is_there,
       true},
  };
}

}  // namespace sublet::testing::conformance
