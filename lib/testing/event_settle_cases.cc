// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// How attempts end.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = EventDelivery::State;

void done_is_gone(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  trial.done(trial.claim(1).at(0));
  expect_equal("what is there", ids_of(trial.peek()), Strings{"b"});
  expect_equal("dead letters", ids_of(trial.peek(true)), Strings{});
}

void a_retry_waits(EventTrial& trial) {
  trial.enqueue({event("a")});
  EventSettlement settlement = settlement_of(trial.claim_one("a"), EventKind::kRetry);
  settlement.delay = milliseconds(5500);
  settlement.note = "first";
  expect(trial.settle(settlement), "the lease is held");
  EventDelivery found = trial.find("a");
  expect_equal("the state", found.state, State::kWaiting);
  expect_equal("when it is due", found.due_at, trial.now() + milliseconds(5500));
  expect_equal("the note", found.note, std::string("first"));
  trial.advance(milliseconds(5499));
  trial.expect_nothing_due();
  trial.advance(milliseconds(1));
  found = trial.claim_one("a");
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{2});
  expect_equal("the note", found.note, std::string("first"));
  settlement = settlement_of(found, EventKind::kRetry);
  settlement.note = "second";
  expect(trial.settle(settlement), "the lease is held");
  found = trial.claim_one("a");
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{3});
  expect_equal("the note", found.note, std::string("second"));
}

void a_release_does_not_count(EventTrial& trial) {
  trial.enqueue({event("a")});
  const EventDelivery first = trial.claim_one("a");
  EventSettlement settlement = settlement_of(first, EventKind::kRetry);
  settlement.note = "kept";
  trial.settle(settlement);
  for (int i = 0; i < 3; ++i) {
    const EventDelivery claimed = trial.claim_one("a");
    expect_equal("the attempts", std::uint64_t{claimed.attempts}, std::uint64_t{2});
    expect_equal("the note", claimed.note, std::string("kept"));
    settlement = settlement_of(claimed, EventKind::kRelease);
    settlement.delay = seconds(1);
    expect(trial.settle(settlement), "the lease is held");
    expect(!trial.settle(settlement), "it is held no longer");
    trial.expect_nothing_due();
    trial.advance(seconds(1));
  }
}

void a_dead_letter(EventTrial& trial) {
  NewDelivery added = event("a", "key");
  added.envelope = "envelope";
  added.expires_at = trial.now() + seconds(60);
  trial.enqueue({added});
  const EventTime enqueued_at = trial.now();
  trial.settle(settlement_of(trial.claim_one("a"), EventKind::kRetry));
  trial.advance(seconds(3));
  const EventDelivery claimed = trial.claim_one("a");
  EventSettlement settlement = settlement_of(claimed, EventKind::kDead);
  settlement.reason = "attempts";
  settlement.note = std::string("what it said\0\xFF", 14);
  expect(trial.settle(settlement), "the lease is held");
  expect_equal("deliveries", ids_of(trial.peek()), Strings{});
  const EventDelivery found = trial.find("a", true);
  expect_equal("the id", found.id, claimed.id);
  expect_equal("the state", found.state, State::kDead);
  expect_equal("the queue", found.queue, added.queue);
  expect_equal("the payload", found.payload, added.payload);
  expect_equal("the envelope", found.envelope, added.envelope);
  expect_equal("the ordering key", found.ordering_key, added.ordering_key);
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{2});
  expect_equal("when it was enqueued", found.enqueued_at, enqueued_at);
  expect_equal("when it expires", found.expires_at, added.expires_at);
  expect_equal("the reason", found.reason, std::string("attempts"));
  expect_equal("the note", found.note, settlement.note);
  expect_equal("when it died", found.died_at, trial.now());
  trial.expect_nothing_due();
}

void with_deliveries(EventTrial& trial) {
  const EventQueueName outbox = event_queue("event", "");
  trial.enqueue({event("a", "key", outbox), event("b", "key", outbox)});
  EventSettlement settlement = settlement_of(trial.claim_one("a", outbox));
  NewDelivery later = event("a", {}, event_queue("event", "two"));
  later.not_before = trial.now() + seconds(5);
  settlement.deliveries = {event("a", "key", event_queue("event", "one")), later};
  settlement.completion = "done";
  expect(trial.settle(settlement), "the lease is held");
  expect(!trial.settle(settlement), "it is held no longer");
  const EventDelivery found = trial.claim_one("a", event_queue("event", "one"));
  expect_equal("the payload", found.payload, std::string("a"));
  expect_equal("the ordering key", found.ordering_key, std::string("key"));
  trial.expect_nothing_due(event_queue("event", "two"));
  trial.advance(seconds(5));
  trial.claim_one("a", event_queue("event", "two"));
  trial.claim_one("b", outbox);
  expect_equal("completions", trial.contents(), Strings{"done"});
}

void order_of_settled_deliveries(EventTrial& trial) {
  const EventQueueName outbox = event_queue("event", "");
  trial.enqueue({event("one", {}, outbox), event("two", {}, outbox), event("direct", "key")});
  const Deliveries rows = trial.claim(10, outbox);
  std::vector<EventSettlement> settlements;
  for (const EventDelivery& row : rows) {
    EventSettlement& settlement = settlements.emplace_back(settlement_of(row));
    settlement.deliveries = {event(row.event_id + "1", "key"), event(row.event_id + "2", "key")};
  }
  trial.value(trial.start_settle(settlements));
  for (const char* id : {"direct", "one1", "one2", "two1", "two2"}) {
    trial.done(trial.claim_one(id));
  }
}

void several_ways_at_once(EventTrial& trial) {
  trial.enqueue({event("a"), event("b"), event("c"), event("d"), event("e")});
  const Deliveries claimed = trial.claim(4);
  std::vector<EventSettlement> settlements = {settlement_of(claimed.at(0), EventKind::kDone),
                                              settlement_of(claimed.at(1), EventKind::kRetry),
                                              settlement_of(claimed.at(2), EventKind::kRelease),
                                              settlement_of(claimed.at(3), EventKind::kDead)};
  expect_equal("which were held", trial.value(trial.start_settle(settlements)),
               std::vector<bool>(4, true));
  expect_equal("deliveries", ids_of(trial.peek()), Strings{"b", "c", "e"});
  expect_equal("dead letters", ids_of(trial.peek(true)), Strings{"d"});
  expect_equal("attempts of the retried", std::uint64_t{trial.find("b").attempts},
               std::uint64_t{1});
  expect_equal("attempts of the released", std::uint64_t{trial.find("c").attempts},
               std::uint64_t{0});
}

}  // namespace

std::vector<EventCase> event_settle_cases() {
  return {
      {"settle: done is gone", done_is_gone},
      {"settle: a retry waits for its delay", a_retry_waits},
      {"settle: a release does not count", a_release_does_not_count},
      {"settle: a dead letter tells all", a_dead_letter},
      {"settle: deliveries come with it", with_deliveries},
      {"settle: deliveries come in its order", order_of_settled_deliveries},
      {"settle: in several ways at once", several_ways_at_once},
  };
}

}  // namespace sublet::testing::conformance
