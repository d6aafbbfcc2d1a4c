// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// ready(), peek() and count().
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;
using State = EventDelivery::State;

std::vector<EventQueueName> names_of(const std::vector<EventReadiness>& ready) {
  std::vector<EventQueueName> names;
  for (const EventReadiness& one : ready) names.push_back(one.queue);
  std::sort(names.begin(), names.end());
  return names;
}

EventTime due_of(EventTrial& trial, const EventQueueName& queue) {
  for (const EventReadiness& one : trial.ready()) {
    if (one.queue == queue) return one.due_at;
  }
  fail("expected that " + show(queue) + " is ready");
}

void ready_queues(EventTrial& trial) {
  expect_equal("queues of nothing", names_of(trial.ready()), std::vector<EventQueueName>{});
  const EventQueueName a = event_queue("a");
  const EventQueueName b = event_queue("b", "", "other");
  trial.enqueue({event("1", {}, a), event("2", {}, b), event("3", {}, a)});
  expect_equal("queues that are ready", names_of(trial.ready()), std::vector<EventQueueName>{b, a});
  for (const EventDelivery& delivery : trial.claim(10, a)) trial.done(delivery);
  trial.dead(trial.claim_one("2", b));
  expect_equal("queues of what is settled", names_of(trial.ready()), std::vector<EventQueueName>{});
}

void when_they_are_due(EventTrial& trial) {
  const EventQueueName queue = event_queue();
  const EventTime start = trial.now();
  NewDelivery later = event("b");
  later.not_before = start + seconds(50);
  trial.enqueue({later});
  expect_equal("when it is due", due_of(trial, queue), start + seconds(50));
  trial.advance(seconds(5));
  trial.enqueue({event("a")});
  expect_equal("when it is due", due_of(trial, queue), start + seconds(5));
  const EventDelivery claimed = trial.claim_one("a");
  expect_equal("when it is due", due_of(trial, queue), start + seconds(35));
  trial.extend(claimed, seconds(100));
  expect_equal("when it is due", due_of(trial, queue), start + seconds(50));
  EventSettlement settlement = settlement_of(claimed, EventKind::kRetry);
  settlement.delay = seconds(20);
  trial.settle(settlement);
  expect_equal("when it is due", due_of(trial, queue), start + seconds(25));
}

void blocked_ones_are_not_ready(EventTrial& trial) {
  const EventQueueName first = event_queue("first");
  const EventQueueName second = event_queue("second");
  NewDelivery later = event("a", "key", first);
  later.not_before = trial.now() + seconds(10);
  trial.enqueue({later, event("b", "key", second), event("c", "key", first)});
  expect_equal("queues that are ready", names_of(trial.ready()),
               std::vector<EventQueueName>{first});
  expect_equal("when it is due", due_of(trial, first), *later.not_before);
  trial.advance(seconds(10));
  trial.done(trial.claim_one("a", first));
  expect_equal("queues that are ready", names_of(trial.ready()),
               std::vector<EventQueueName>{second});
}

void ready_by_pages(EventTrial& trial) {
  std::vector<NewDelivery> added;
  std::vector<EventQueueName> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string number = std::to_string(i);
    expected.push_back(
        event_queue("e" + number, i % 3 == 0 ? "" : "x", "t" + std::to_string(i % 4)));
    added.push_back(event("a", {}, expected.back()));
    added.push_back(event("b", {}, expected.back()));
  }
  trial.enqueue(added);
  std::sort(expected.begin(), expected.end());
  for (const std::uint32_t limit : {1u, 10u, 25u, 26u}) {
    expect_equal("queues by pages", names_of(trial.ready(limit)), expected);
  }
  // What goes meanwhile takes nothing else along.
  const EventReadyPage page = trial.value(trial.start_ready({}, 10));
  trial.value(trial.start_purge({}, false, EventQueue::kMaxPage));
  expect(trial.value(trial.start_ready(page.next, 10)).queues.empty(), "nothing is left");
}

void peeked_by_pages(EventTrial& trial) {
  std::vector<NewDelivery> added;
  Strings expected;
  for (int i = 0; i < 25; ++i) {
    expected.push_back(std::to_string(i));
    added.push_back(event(expected.back(), i % 2 == 0 ? "key" : ""));
  }
  trial.enqueue(added);
  for (const bool dead : {false, true}) {
    EventPeek request;
    request.filter = filter_of();
    request.dead = dead;
    request.limit = 10;
    Strings found;
    for (int i = 0; i < 4; ++i) {
      const Deliveries page = trial.value(trial.start_peek(request));
      expect(page.size() <= 10, "a page has no more deliveries than its limit");
      for (const EventDelivery& delivery : page) {
        found.push_back(delivery.event_id);
        expect(delivery.id > request.after, "ids rise");
        request.after = delivery.id;
      }
    }
    expect_equal("what is there by pages", found, expected);
    trial.value(trial.start_bury(filter_of(), "reason", 100));
  }
}

void what_a_peek_tells(EventTrial& trial) {
  NewDelivery added = event("a", "key");
  added.envelope = "envelope";
  added.not_before = trial.now() + seconds(5);
  added.expires_at = trial.now() + seconds(50);
  const std::uint64_t id = trial.enqueue({added, event("b", "key")}).at(0);
  EventDelivery found = trial.find("a");
  expect_equal("the id", found.id, id);
  expect_equal("the state", found.state, State::kWaiting);
  expect_equal("the queue", found.queue, added.queue);
  expect_equal("the payload", found.payload, added.payload);
  expect_equal("the envelope", found.envelope, added.envelope);
  expect_equal("the ordering key", found.ordering_key, added.ordering_key);
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{0});
  expect_equal("when it was enqueued", found.enqueued_at, trial.now());
  expect_equal("when it is due", found.due_at, *added.not_before);
  expect_equal("when it expires", found.expires_at, added.expires_at);
  expect_equal("the other's state", trial.find("b").state, State::kBlocked);
  EventPeek request;
  request.filter = filter_of();
  request.payloads = false;
  const Deliveries bare = trial.value(trial.start_peek(request));
  expect_equal("the events", ids_of(bare), Strings{"a", "b"});
  expect_equal("a payload that is left out", bare[0].payload, std::string());
  expect_equal("an envelope that is left out", bare[0].envelope, std::string());
  expect_equal("the ordering key", bare[0].ordering_key, added.ordering_key);
  trial.expect_nothing_due();
}

void counted(EventTrial& trial) {
  expect_equal("of nothing", trial.count({}), EventCounts{});
  trial.enqueue({event("a"), event("b"), event("c"), event("d", "key"), event("e", "key"),
                 event("f", "key"), event("g", {}, event_queue("event", "x", "other"))});
  const Deliveries claimed = trial.claim(3);
  trial.dead(claimed.at(1));
  expect_equal("of the tenant", trial.count(), EventCounts{1, 2, 2, 1});
  expect_equal("of all", trial.count({}), EventCounts{2, 2, 2, 1});
  expect_equal("of the other", trial.count(filter_of("other")), EventCounts{1, 0, 0, 0});
  expect_equal("of nobody", trial.count(filter_of("nobody")), EventCounts{});
}

}  // namespace

std::vector<EventCase> event_look_cases() {
  return {
      {"ready: queues that are not empty", ready_queues},
      {"ready: when queues are due", when_they_are_due},
      {"ready: blocked ones do not count", blocked_ones_are_not_ready},
      {"ready: by pages", ready_by_pages},
      {"peek: by pages", peeked_by_pages},
      {"peek: what it tells", what_a_peek_tells},
      {"count: by states", counted},
  };
}

}  // namespace sublet::testing::conformance
