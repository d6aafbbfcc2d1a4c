// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "testing/event_queue_trial.h"

// Ordering keys.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;
using State = EventDelivery::State;

void one_at_a_time(EventTrial& trial) {
  trial.enqueue({event("a1", "a"), event("b1", "b"), event("a2", "a"), event("free"),
                 event("a3", "a"), event("b2", "b")});
  const Deliveries first = trial.claim();
  expect_equal("the first ones", ids_of(first), Strings{"a1", "b1", "free"});
  expect_equal("the state of the next", trial.find("a2").state, State::kBlocked);
  expect_equal("the counts", trial.count(), EventCounts{0, 3, 3, 0});
  trial.expect_nothing_due();
  trial.done(first[0]);
  expect_equal("the state of the next", trial.find("a2").state, State::kWaiting);
  const EventDelivery second = trial.claim_one("a2");
  trial.done(second);
  const EventDelivery third = trial.claim_one("a3");
  trial.done(first[1]);
  trial.done(third);
  trial.claim_one("b2");
}

// Settles the first of two as `kind`, with a delay; the second has to wait for it.
void expect_kept_over(EventTrial& trial, EventKind kind) {
  trial.enqueue({event("a", "key"), event("b", "key")});
  EventSettlement settlement = settlement_of(trial.claim_one("a"), kind);
  settlement.delay = seconds(60);
  expect(trial.settle(settlement), "the lease is held");
  trial.expect_nothing_due();
  trial.advance(seconds(60));
  const EventDelivery again = trial.claim_one("a");
  trial.enqueue({event("c", "key")});
  trial.expect_nothing_due();
  trial.done(again);
  trial.done(trial.claim_one("b"));
  trial.done(trial.claim_one("c"));
}

void over_retries(EventTrial& trial) { expect_kept_over(trial, EventKind::kRetry); }

void over_releases(EventTrial& trial) { expect_kept_over(trial, EventKind::kRelease); }

void over_lost_leases(EventTrial& trial) {
  trial.enqueue({event("a", "key"), event("b", "key")});
  trial.claim_one("a");
  trial.advance(seconds(31));
  trial.done(trial.claim_one("a"));
  trial.claim_one("b");
}

void a_later_time_blocks(EventTrial& trial) {
  NewDelivery later = event("a", "key");
  later.not_before = trial.now() + seconds(10);
  trial.enqueue({later, event("b", "key")});
  trial.expect_nothing_due();
  expect_equal("the state", trial.find("b").state, State::kBlocked);
  trial.advance(seconds(10));
  trial.done(trial.claim_one("a"));
  trial.claim_one("b");
}

void its_own_time_counts(EventTrial& trial) {
  NewDelivery later = event("b", "key");
  later.not_before = trial.now() + seconds(10);
  trial.enqueue({event("a", "key"), later});
  trial.done(trial.claim_one("a"));
  trial.expect_nothing_due();
  trial.advance(seconds(10));
  trial.claim_one("b");
}

void dead_letters_block_nobody(EventTrial& trial) {
  trial.enqueue({event("a", "key"), event("b", "key"), event("c", "key")});
  trial.dead(trial.claim_one("a"));
  const EventDelivery second = trial.claim_one("b");
  trial.value(trial.start_replay(filter_of(), 10));
  expect_equal("the state of what was replayed", trial.find("a").state, State::kBlocked);
  trial.done(second);
  trial.done(trial.claim_one("c"));
  trial.done(trial.claim_one("a"));
}

void replayed_ones_go_last(EventTrial& trial) {
  trial.enqueue({event("a", "key"), event("b", "key"), event("c", "key")});
  trial.dead(trial.claim_one("a"));
  trial.dead(trial.claim_one("b"));
  trial.value(trial.start_replay(filter_of(), 10));
  trial.enqueue({event("d", "key")});
  for (const char* id : {"c", "a", "b", "d"}) trial.done(trial.claim_one(id));
}

void buried_and_purged_ones_block_nobody(EventTrial& trial) {
  trial.enqueue({event("a", "key"), event("b", "key"), event("c", "key"), event("d", "key")});
  EventFilter filter = filter_of();
  filter.event_id = "a";
  trial.value(trial.start_bury(filter, "reason", 10));
  trial.claim_one("b");
  filter.event_id = "b";
  trial.value(trial.start_purge(filter, false, 10));
  // From the middle too.
  filter.event_id = "c";
  trial.value(trial.start_bury(filter, "reason", 10));
  trial.done(trial.claim_one("d"));
  trial.expect_nothing_due();
}

void across_events(EventTrial& trial) {
  const EventQueueName one = event_queue("one");
  const EventQueueName two = event_queue("two");
  trial.enqueue({event("a", "key", one), event("b", "key", two), event("c", "key", one)});
  trial.expect_nothing_due(two);
  const EventDelivery first = trial.claim_one("a", one);
  trial.expect_nothing_due(one);
  trial.done(first);
  trial.expect_nothing_due(one);
  trial.done(trial.claim_one("b", two));
  trial.claim_one("c", one);
}

void in_one_claim(EventTrial& trial) {
  const EventQueueName one = event_queue("one");
  const EventQueueName two = event_queue("two");
  trial.enqueue({event("a", "key", one), event("b", "key", two), event("c", "key", one)});
  EventClaim request;
  request.from = {{two, 10}, {one, 10}};
  expect_equal("the events", ids_of(trial.value(trial.start_claim(request))), Strings{"a"});
}

void others_are_apart(EventTrial& trial) {
  const EventQueueName extension = event_queue("event", "other");
  const EventQueueName tenant = event_queue("event", "extension", "other");
  trial.enqueue({event("a", "key"), event("b", "key", extension), event("c", "key", tenant),
                 event("d", std::string("key\0", 4)), event("e", "Key"), event("f", "key ")});
  trial.claim_one("b", extension);
  trial.claim_one("c", tenant);
  expect_equal("the events", ids_of(trial.claim()), Strings{"a", "d", "e", "f"});
}

void of_one_unit(EventTrial& trial) {
  trial.enqueue_unit(unit_of({event("a", "key"), event("b", "key"), event("c", "key")}));
  for (const char* id : {"a", "b", "c"}) trial.done(trial.claim_one(id));
}

void many_enqueuers(EventTrial& trial) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  trial.in_parallel(kThreads, [&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      trial.enqueue({event(std::to_string(thread) + ":" + std::to_string(i), "key"),
                     event("other", "key" + std::to_string(i), event_queue("other"))});
    }
  });
  std::map<std::string, int> next;
  std::uint64_t last = 0;
  for (int i = 0; i < kThreads * kEach; ++i) {
    const Deliveries claimed = trial.claim();
    expect_equal("how many of one key are claimed", std::uint64_t{claimed.size()},
                 std::uint64_t{1});
    expect(claimed[0].id > last, "deliveries of a key come in the order of their ids");
    last = claimed[0].id;
    const std::string id = claimed[0].event_id;
    const std::string thread = id.substr(0, id.find(':'));
    expect_equal("the next one of an enqueuer", id, thread + ":" + std::to_string(next[thread]++));
    trial.done(claimed[0]);
  }
  trial.expect_nothing_due();
}

void many_workers(EventTrial& trial) {
  constexpr int kKeys = 5;
  constexpr int kEach = 12;
  std::vector<NewDelivery> added;
  for (int i = 0; i < kEach; ++i) {
    for (int key = 0; key < kKeys; ++key) {
      added.push_back(event(std::to_string(i), "key" + std::to_string(key)));
    }
  }
  trial.enqueue(added);
  std::mutex mutex;
  std::map<std::string, Strings> seen;
  trial.in_parallel(3, [&](int) {
    for (int idle = 0; idle < 2000;) {
      const Deliveries claimed = trial.claim(2);
      idle = claimed.empty() ? idle + 1 : 0;
      for (const EventDelivery& delivery : claimed) {
        {
          const std::lock_guard<std::mutex> lock(mutex);
          seen[delivery.ordering_key].push_back(delivery.event_id);
        }
        trial.done(delivery);
      }
      const std::lock_guard<std::mutex> lock(mutex);
      std::size_t all = 0;
      for (const auto& [key, ids] : seen) all += ids.size();
      if (all == added.size()) return;
    }
  });
  Strings expected;
  for (int i = 0; i < kEach; ++i) expected.push_back(std::to_string(i));
  expect_equal("the number of keys", std::uint64_t{seen.size()}, std::uint64_t{kKeys});
  for (const auto& [key, ids] : seen) expect_equal("the events of a key", ids, expected);
}

}  // namespace

std::vector<EventCase> event_order_cases() {
  return {
      {"order: one of a key at a time", one_at_a_time},
      {"order: it is kept over retries", over_retries},
      {"order: it is kept over releases", over_releases},
      {"order: it is kept over leases that end", over_lost_leases},
      {"order: one that waits for its time is waited for", a_later_time_blocks},
      {"order: whose turn has come waits for its own time", its_own_time_counts},
      {"order: dead letters block nobody", dead_letters_block_nobody},
      {"order: replayed ones go last", replayed_ones_go_last},
      {"order: buried and purged ones block nobody", buried_and_purged_ones_block_nobody},
      {"order: it is kept across the events of an extension", across_events},
      {"order: one of a key in one claim", in_one_claim},
      {"order: other extensions, tenants and keys are apart", others_are_apart},
      {"order: the deliveries of one unit", of_one_unit},
      {"order: many who enqueue at once", many_enqueuers},
      {"order: many who claim at once", many_workers},
  };
}

}  // namespace sublet::testing::conformance
