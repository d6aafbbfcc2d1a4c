// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// What people do by hand: replay, bury, purge, erase.
namespace sublet::testing::conformance {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using State = EventDelivery::State;

void a_replay_begins_anew(EventTrial& trial) {
  NewDelivery added = event("a");
  added.envelope = "envelope";
  trial.enqueue({added});
  for (int i = 0; i < 3; ++i) trial.settle(settlement_of(trial.claim_one("a"), EventKind::kRetry));
  trial.dead(trial.claim_one("a"));
  trial.advance(hours(1));
  expect_equal("how many were replayed", trial.value(trial.start_replay(filter_of(), 10)),
               std::uint64_t{1});
  expect_equal("dead letters", ids_of(trial.peek(true)), Strings{});
  const EventDelivery found = trial.find("a");
  expect_equal("the state", found.state, State::kWaiting);
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{0});
  expect_equal("when it is due", found.due_at, trial.now());
  const EventDelivery claimed = trial.claim_one("a");
  expect_equal("the attempts", std::uint64_t{claimed.attempts}, std::uint64_t{1});
  expect_equal("the payload", claimed.payload, std::string("a"));
  expect_equal("the envelope", claimed.envelope, std::string("envelope"));
  trial.dead(claimed, "again");
  expect_equal("the reason", trial.find("a", true).reason, std::string("again"));
}

// Enqueues some and answers how many a call that `start`s takes of them by the limits 10, 10, 10.
template <typename Start>
void expect_limits(EventTrial& trial, bool dead, Start&& start) {
  std::vector<NewDelivery> added;
  Strings expected;
  for (int i = 0; i < 25; ++i) {
    added.push_back(event(std::to_string(i), i % 3 == 0 ? "key" : ""));
    if (i >= 10) expected.push_back(std::to_string(i));
  }
  trial.enqueue(added);
  if (dead) trial.value(trial.start_bury(filter_of(), "reason", 100));
  expect_equal("how many at first", trial.value(start(10)), std::uint64_t{10});
  expect_equal("those with higher ids", ids_of(trial.peek(dead)), expected);
  expect_equal("how many then", trial.value(start(10)), std::uint64_t{10});
  expect_equal("how many at last", trial.value(start(10)), std::uint64_t{5});
  expect_equal("how many more", trial.value(start(10)), std::uint64_t{0});
}

void replays_by_limits(EventTrial& trial) {
  expect_limits(trial, true,
                [&](std::uint32_t limit) { return trial.start_replay(filter_of(), limit); });
  expect_equal("deliveries", trial.count(), EventCounts{17, 0, 8, 0});
}

void burials_by_limits(EventTrial& trial) {
  expect_limits(trial, false, [&](std::uint32_t limit) {
    return trial.start_bury(filter_of(), "reason", limit);
  });
  expect_equal("dead letters", trial.count(), EventCounts{0, 0, 0, 25});
}

void purges_by_limits(EventTrial& trial) {
  for (const bool dead : {false, true}) {
    expect_limits(trial, dead,
                  [&](std::uint32_t limit) { return trial.start_purge(filter_of(), dead, limit); });
    expect_equal("what is left", trial.count(), EventCounts{});
  }
}

void burials_tell_their_reason(EventTrial& trial) {
  trial.enqueue({event("a")});
  trial.settle([&] {
    EventSettlement settlement = settlement_of(trial.claim_one("a"), EventKind::kRetry);
    settlement.note = "note";
    return settlement;
  }());
  trial.advance(seconds(5));
  const std::uint64_t id = trial.find("a").id;
  trial.value(trial.start_bury(filter_of(), "unwanted", 10));
  const EventDelivery found = trial.find("a", true);
  expect_equal("the id", found.id, id);
  expect_equal("the state", found.state, State::kDead);
  expect_equal("the reason", found.reason, std::string("unwanted"));
  expect_equal("the note", found.note, std::string("note"));
  expect_equal("the attempts", std::uint64_t{found.attempts}, std::uint64_t{1});
  expect_equal("when it died", found.died_at, trial.now());
  expect_equal("completions", trial.contents(), Strings{});
}

void purges_leave_the_other_kind(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  trial.dead(trial.claim(1).at(0));
  trial.value(trial.start_purge(filter_of(), true, 10));
  expect_equal("what is left", trial.count(), EventCounts{1, 0, 0, 0});
  trial.dead(trial.claim_one("b"));
  trial.value(trial.start_purge(filter_of(), false, 10));
  expect_equal("what is left", trial.count(), EventCounts{0, 0, 0, 1});
  expect_equal("completions", trial.contents(), Strings{});
}

}  // namespace

std::vector<EventCase> event_hand_cases() {
  return {
      {"replay: it begins anew", a_replay_begins_anew},
      {"replay: by limits", replays_by_limits},
      {"bury: by limits", burials_by_limits},
      {"bury: it tells the reason", burials_tell_their_reason},
      {"purge: by limits", purges_by_limits},
      {"purge: of deliveries or of dead letters", purges_leave_the_other_kind},
  };
}

}  // namespace sublet::testing::conformance
