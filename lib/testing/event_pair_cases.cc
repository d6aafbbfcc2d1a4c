// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <map>
#include <set>
#include <string>

#include "testing/event_queue_trial.h"

// Two queues over the same data, as two processes have them.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;

void each_sees(EventTrial& trial) {
  const auto other = trial.open_another();
  trial.enqueue({event("a"), event("b")});
  const EventDelivery claimed = other->claim(1).at(0);
  expect_equal("the event", claimed.event_id, std::string("a"));
  trial.claim_one("b");
  expect(trial.extend(claimed, seconds(60)), "a lease is held wherever it is extended");
  EventSettlement settlement = settlement_of(claimed);
  settlement.completion = "done";
  expect(trial.settle(settlement), "a lease is held wherever it is settled");
  expect(!other->settle(settlement), "a lease is settled once");
  expect_equal("completions", other->contents(), Strings{"done"});
  const std::uint64_t version = trial.write(record_write("r", "1", 0));
  other->expect_status(EventStatus::kConflict, record_write("r", "2", 0));
  other->write(record_write("r", "2", version));
  expect_equal("the data", trial.record_named("r")->data, std::string("2"));
  other->close();
}

void leases_are_taken_over(EventTrial& trial) {
  const auto other = trial.open_another();
  trial.enqueue({event("a", "key"), event("b", "key")});
  const EventDelivery late = trial.claim_one("a");
  other->expect_nothing_due();
  trial.advance(seconds(30));
  const EventDelivery taken = other->claim_one("a");
  expect(taken.fence > late.fence, "a later claim has a larger fence");
  expect(!trial.extend(late, seconds(60)), "a lease that was taken over cannot be extended");
  expect(!trial.settle(settlement_of(late)), "a lease that was taken over cannot be settled");
  other->done(taken);
  trial.claim_one("b");
  other->close();
}

void keys_are_of_both(EventTrial& trial) {
  const auto other = trial.open_another();
  trial.enqueue_unit(unit_of({event("a")}, "key"));
  expect_equal("the status", other->enqueue_unit(unit_of({event("b")}, "key")).status,
               EventStatus::kDuplicate);
  other->close();
}

void workers_of_both(EventTrial& trial) {
  constexpr int kKeys = 4;
  constexpr int kEach = 15;
  const auto other = trial.open_another();
  std::atomic<std::uint64_t> settled{0};
  std::mutex mutex;
  std::map<std::string, Strings> seen;
  trial.in_parallel(4, [&](int thread) {
    EventTrial& mine = thread % 2 == 0 ? trial : *other;
    if (thread < 2) {
      for (int i = 0; i < kEach; ++i) {
        for (int key = 0; key < kKeys; ++key) {
          const std::string name = std::to_string(thread) + std::to_string(key);
          mine.enqueue({event(std::to_string(i), name)});
        }
      }
      return;
    }
    for (int i = 0; i < 5000 && settled < 2 * kKeys * kEach; ++i) {
      for (const EventDelivery& delivery : mine.claim(3)) {
        {
          const std::lock_guard<std::mutex> lock(mutex);
          seen[delivery.ordering_key].push_back(delivery.event_id);
        }
        EventSettlement settlement = settlement_of(delivery);
        settlement.completion = delivery.ordering_key + delivery.event_id;
        expect(mine.settle(settlement), "a lease is held");
        ++settled;
      }
    }
  });
  Strings expected;
  for (int i = 0; i < kEach; ++i) expected.push_back(std::to_string(i));
  expect_equal("the number of keys", std::uint64_t{seen.size()}, std::uint64_t{2 * kKeys});
  for (const auto& [key, ids] : seen) expect_equal("the events of a key", ids, expected);
  expect_equal("completions", std::uint64_t{trial.contents().size()},
               std::uint64_t{2 * kKeys * kEach});
  other->close();
}

void no_completion_is_passed_over(EventTrial& trial) {
  constexpr int kEach = 40;
  const auto other = trial.open_another();
  std::vector<NewDelivery> added;
  for (int i = 0; i < 2 * kEach; ++i) added.push_back(event(std::to_string(i)));
  trial.enqueue(added);
  std::atomic<int> settling{2};
  Strings found;
  trial.in_parallel(3, [&](int thread) {
    EventTrial& mine = thread % 2 == 0 ? trial : *other;
    if (thread != 0) {
      for (int i = 0; i < 4 * kEach; ++i) {
        for (const EventDelivery& delivery : mine.claim(1)) {
          EventSettlement settlement = settlement_of(delivery);
          settlement.completion = delivery.event_id;
          mine.settle(settlement);
        }
      }
      --settling;
      return;
    }
    std::string cursor;
    for (bool last = false; !last;) {
      last = settling == 0;
      for (bool more = true; more;) {
        const EventCompletionPage page = mine.completions(cursor, 5);
        for (const EventCompletion& one : page.completions) found.push_back(one.content);
        more = !page.completions.empty();
        cursor = page.cursor;
      }
    }
  });
  expect_equal("the completions for who followed them", found, trial.contents());
  expect_equal("the number of different ones",
               std::uint64_t{std::set<std::string>(found.begin(), found.end()).size()},
               std::uint64_t{2 * kEach});
  other->close();
}

void the_other_goes_on(EventTrial& trial) {
  const auto other = trial.open_another();
  trial.enqueue({event("a"), event("b")});
  const EventDelivery claimed = trial.claim(1).at(0);
  trial.close();
  other->claim_one("b");
  expect(other->settle(settlement_of(claimed)), "a lease is held when its claimer has ended");
  other->enqueue({event("c")});
  other->claim_one("c");
  other->close();
}

}  // namespace

std::vector<EventCase> event_pair_cases() {
  return {
      {"two: each sees what the other did", each_sees, false, true},
      {"two: leases are taken over", leases_are_taken_over, false, true},
      {"two: idempotency keys are of both", keys_are_of_both, false, true},
      {"two: workers of both keep the order", workers_of_both, false, true},
      {"two: no completion is passed over", no_completion_is_passed_over, false, true},
      {"two: one ends, the other goes on", the_other_goes_on, false, true},
  };
}

}  // namespace sublet::testing::conformance
