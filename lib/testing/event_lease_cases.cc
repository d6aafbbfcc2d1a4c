// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// Leases, their ends, and who may settle.
namespace sublet::testing::conformance {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLease(30);  // EventClaim's own

// What was held once is not held any more.
void expect_not_held(EventTrial& trial, const EventDelivery& late) {
  expect(!trial.extend(late, kLease), "a lease that is not held cannot be extended");
  for (const EventKind kind :
       {EventKind::kDone, EventKind::kRetry, EventKind::kRelease, EventKind::kDead}) {
    EventSettlement settlement = settlement_of(late, kind);
    settlement.completion = "late";
    settlement.deliveries = {event("late", {}, event_queue("late"))};
    expect(!trial.settle(settlement), "a lease that is not held cannot be settled");
  }
  expect_equal("completions of late settlements", trial.contents(), Strings{});
  expect_equal("deliveries of late settlements", ids_of(trial.claim(10, event_queue("late"))),
               Strings{});
}

void a_lease_ends(EventTrial& trial) {
  trial.enqueue({event("a")});
  const EventDelivery first = trial.claim_one("a");
  trial.advance(kLease - milliseconds(1));
  trial.expect_nothing_due();
  trial.advance(milliseconds(1));
  const EventDelivery second = trial.claim_one("a");
  expect_equal("the id", second.id, first.id);
  expect(second.fence > first.fence, "a later claim has a larger fence");
  expect_equal("the attempts", std::uint64_t{second.attempts}, std::uint64_t{2});
  expect_not_held(trial, first);
  trial.done(second);
  expect_not_held(trial, second);
  expect_equal("what is there", trial.count(), EventCounts{});
}

void until_somebody_claims(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  const Deliveries claimed = trial.claim();
  trial.advance(2 * kLease);
  expect(trial.extend(claimed.at(0), kLease), "a lease that is over may be extended");
  expect(trial.settle(settlement_of(claimed.at(1))), "a lease that is over may be settled");
  trial.expect_nothing_due();
}

void extensions(EventTrial& trial) {
  trial.enqueue({event("a"), event("b")});
  const Deliveries claimed = trial.claim();
  trial.advance(seconds(20));
  expect(trial.extend(claimed.at(0), kLease), "a lease that is held is extended");
  expect_equal("its end", trial.find("a").due_at, trial.now() + kLease);
  trial.advance(seconds(10));
  const EventDelivery second = trial.claim_one("b");
  trial.advance(seconds(20));
  const EventDelivery third = trial.claim_one("a");
  expect_equal("the attempts", std::uint64_t{third.attempts}, std::uint64_t{2});
  // Also to an earlier end.
  expect(trial.extend(second, milliseconds(100)), "a lease that is held is shortened");
  trial.advance(milliseconds(100));
  trial.claim_one("b");
}

void each_by_itself(EventTrial& trial) {
  trial.enqueue({event("a"), event("b"), event("c")});
  const Deliveries claimed = trial.claim();
  trial.done(claimed.at(1));
  std::vector<EventLease> leases;
  for (const EventDelivery& delivery : claimed) leases.push_back(lease_of(delivery));
  leases.push_back({claimed[2].id + 1000, claimed[2].fence});
  leases.push_back({claimed[2].id, claimed[2].fence + 1});
  leases.push_back({claimed[2].id, 0});
  expect_equal("which were held", trial.value(trial.start_extend(leases, kLease)),
               std::vector<bool>{true, false, true, false, false, false});
  std::vector<EventSettlement> settlements;
  for (const EventLease& lease : leases) settlements.emplace_back().lease = lease;
  settlements.push_back(settlements[0]);
  expect_equal("which were held", trial.value(trial.start_settle(settlements)),
               std::vector<bool>{true, false, true, false, false, false, false});
  expect(trial.value(trial.start_extend({}, kLease)).empty(), "no leases have no answers");
  expect(trial.value(trial.start_settle({})).empty(), "no settlements have no answers");
}

void never_claimed(EventTrial& trial) {
  const std::uint64_t id = trial.enqueue({event("a")})[0];
  EventDelivery nobodys;
  nobodys.id = id;
  expect_not_held(trial, nobodys);
  trial.claim_one("a");
}

void after_bury_and_replay(EventTrial& trial) {
  trial.enqueue({event("a")});
  const EventDelivery first = trial.claim_one("a");
  trial.value(trial.start_bury(filter_of(), "reason", 10));
  expect_not_held(trial, first);
  trial.value(trial.start_replay(filter_of(), 10));
  expect_not_held(trial, first);
  const EventDelivery second = trial.claim_one("a");
  if (second.id == first.id) {
    expect(second.fence > first.fence, "a claim after a replay has a larger fence");
  }
  expect_not_held(trial, first);
  trial.done(second);
}

void after_purge_and_erase(EventTrial& trial) {
  trial.enqueue({event("a")});
  const EventDelivery first = trial.claim_one("a");
  trial.value(trial.start_purge(filter_of(), false, 10));
  expect_not_held(trial, first);
  trial.enqueue({event("b")});
  const EventDelivery second = trial.claim_one("b");
  trial.value(trial.start_erase(kEventTenant, 100));
  expect_not_held(trial, second);
  trial.enqueue({event("c")});
  trial.claim_one("c");
  expect_not_held(trial, second);
}

void the_clock_goes_on(EventTrial& trial) {
  trial.enqueue({event("a")});
  const EventDelivery first = trial.claim_one("a");
  trial.advance(hours(24 * 400));
  const EventDelivery second = trial.claim_one("a");
  expect_not_held(trial, first);
  trial.done(second);
}

void the_clock_goes_back(EventTrial& trial) {
  trial.enqueue({event("a"), event("b", "key"), event("c", "key")});
  const Deliveries claimed = trial.claim();
  expect_equal("the events", ids_of(claimed), Strings{"a", "b"});
  trial.advance(-hours(24 * 400));
  // A queue may end the claims at once, or only when they have lasted longer than any may.
  trial.claim();
  trial.advance(EventQueue::kMaxLease);
  const Deliveries again = trial.claim();
  expect_equal("the events after the clock went back", ids_of(again), Strings{"a", "b"});
  for (const EventDelivery& late : claimed) {
    expect(!trial.settle(settlement_of(late)), "the claims of before are over");
  }
  for (const EventDelivery& delivery : again) trial.done(delivery);
  trial.advance(hours(24 * 400));
  trial.claim_one("c");
}

}  // namespace

std::vector<EventCase> event_lease_cases() {
  return {
      {"leases: one ends, and another one claims", a_lease_ends},
      {"leases: one that is over is held until somebody claims", until_somebody_claims},
      {"leases: extensions", extensions},
      {"leases: each by itself", each_by_itself},
      {"leases: what was never claimed", never_claimed},
      {"leases: none is held after bury and replay", after_bury_and_replay},
      {"leases: none is held after purge and erase", after_purge_and_erase},
      {"leases: the clock leaps on", the_clock_goes_on},
      {"leases: the clock goes back", the_clock_goes_back},
  };
}

}  // namespace sublet::testing::conformance
