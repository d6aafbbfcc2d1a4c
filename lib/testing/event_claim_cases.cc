// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// Which deliveries a claim gets.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = EventDelivery::State;

void once(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  expect_equal("a claim of one", ids_of(trial.claim(1)), Strings{"a"});
  expect_equal("the rest", ids_of(trial.claim()), Strings{"b"});
  trial.expect_nothing_due();
}

void how_it_is_held(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  EventClaim request;
  request.from = {{event_queue(), 1}};
  request.owner = "somebody";
  request.lease = seconds(7);
  const Deliveries claimed = trial.value(trial.start_claim(request));
  expect_equal("the events", ids_of(claimed), Strings{"a"});
  expect_equal("the end of the lease", claimed[0].due_at, trial.now() + seconds(7));
  expect_equal("the owner", claimed[0].owner, std::string("somebody"));
  expect_equal("the attempts", std::uint64_t{claimed[0].attempts}, std::uint64_t{1});
  const EventDelivery found = trial.find("a");
  expect_equal("the state", found.state, State::kClaimed);
  expect_equal("the fence", found.fence, claimed[0].fence);
  expect_equal("the end of the lease", found.due_at, claimed[0].due_at);
  expect_equal("the owner", found.owner, std::string("somebody"));
  expect_equal("the other's state", trial.find("b").state, State::kWaiting);
}

void the_longest_due_first(EventTrial& trial) {
  const EventTime start = trial.now();
  const auto at = [&](std::string id, seconds time) {
    NewDelivery delivery = event(std::move(id));
    delivery.not_before = start + time;
    return delivery;
  };
  trial.enqueue({at("d", seconds(4)), at("b", seconds(2)), at("a", seconds(1)), at("c", seconds(3)),
                 at("b2", seconds(2)), at("z", seconds(60))});
  trial.advance(seconds(10));
  trial.enqueue({event("e")});
  expect_equal("the events", ids_of(trial.claim(4)), Strings{"a", "b", "b2", "c"});
  expect_equal("the events", ids_of(trial.claim(4)), Strings{"d", "e"});
}

void not_before(EventTrial& trial) {
  NewDelivery later = event("a");
  later.not_before = trial.now() + milliseconds(1500);
  trial.enqueue({later});
  expect_equal("when it is due", trial.find("a").due_at, *later.not_before);
  trial.advance(milliseconds(1499));
  trial.expect_nothing_due();
  trial.advance(milliseconds(1));
  trial.claim_one("a");
}

void what_is_over_is_due(EventTrial& trial) {
  NewDelivery past = event("a");
  past.not_before = trial.now() - seconds(5);
  trial.enqueue({past});
  trial.claim_one("a");
  NewDelivery expired = event("b");
  expired.expires_at = trial.now() - seconds(5);
  trial.enqueue({expired});
  expect_equal("when it expired", trial.claim_one("b").expires_at, expired.expires_at);
}

void several_queues(EventTrial& trial) {
  const EventQueueName a = event_queue("event", "a");
  const EventQueueName b = event_queue("event", "b");
  const EventQueueName c = event_queue("event", "c");
  trial.enqueue({event("a1", {}, a), event("b1", {}, b), event("c1", {}, c), event("a2", {}, a),
                 event("b2", {}, b), event("c2", {}, c), event("a3", {}, a)});
  EventClaim request;
  request.from = {{b, 1}, {a, 2}, {event_queue("event", "nobody"), 5}};
  Strings found = ids_of(trial.value(trial.start_claim(request)));
  std::sort(found.begin(), found.end());
  expect_equal("the events", found, Strings{"a1", "a2", "b1"});
  expect_equal("the rest of a queue", ids_of(trial.claim(10, a)), Strings{"a3"});
  expect_equal("another queue", ids_of(trial.claim(10, c)), Strings{"c1", "c2"});
}

void at_most(EventTrial& trial) {
  std::vector<EventEnqueue> units;
  for (int i = 0; i < 30; ++i) {
    EventEnqueue& unit = units.emplace_back();
    for (int j = 0; j < 40; ++j) {
      unit.deliveries.push_back(event("e", {}, event_queue("event", std::to_string(i))));
    }
  }
  trial.value(trial.start_enqueue(units));
  EventClaim request;
  for (int i = 0; i < 30; ++i) {
    request.from.push_back({event_queue("event", std::to_string(i)), EventQueue::kMaxClaim});
  }
  const auto first = trial.value(trial.start_claim(request));
  expect_equal("the most of one claim", std::uint64_t{first.size()},
               std::uint64_t{EventQueue::kMaxClaim});
  expect_equal("the rest", std::uint64_t{trial.value(trial.start_claim(request)).size()},
               std::uint64_t{30 * 40 - EventQueue::kMaxClaim});
}

void among_many_queues(EventTrial& trial) {
  EventClaim request;
  for (std::uint32_t i = 0; i < EventQueue::kMaxClaim; ++i) {
    request.from.push_back({event_queue("event", std::to_string(i)), 1});
  }
  trial.enqueue({event("a", {}, event_queue("event", "3")),
                 event("b", {}, event_queue("event", "999")),
                 event("c", {}, event_queue("event", "1000"))});
  Strings found = ids_of(trial.value(trial.start_claim(request)));
  std::sort(found.begin(), found.end());
  expect_equal("the events", found, Strings{"a", "b"});
}

void the_outbox(EventTrial& trial) {
  trial.enqueue({event("a", {}, event_queue("event", "")), event("b")});
  trial.claim_one("a", event_queue("event", ""));
  trial.claim_one("b");
}

}  // namespace

std::vector<EventCase> event_claim_cases() {
  return {
      {"claim: a delivery is claimed once", once},
      {"claim: how a delivery is held", how_it_is_held},
      {"claim: what is due longest comes first", the_longest_due_first},
      {"claim: not before its time", not_before},
      {"claim: what should have been before is due", what_is_over_is_due},
      {"claim: from several queues", several_queues},
      {"claim: at most so many", at_most},
      {"claim: from very many queues", among_many_queues},
      {"claim: rows of the outbox", the_outbox},
  };
}

}  // namespace sublet::testing::conformance
