// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <map>
#include <string>

#include "testing/event_queue_trial.h"

// Many at once.
namespace sublet::testing::conformance {
namespace {

constexpr int kThreads = 4;

void each_is_claimed_once(EventTrial& trial) {
  constexpr std::size_t kAll = 120;
  std::vector<NewDelivery> added;
  for (std::size_t i = 0; i < kAll; ++i) added.push_back(event(std::to_string(i)));
  trial.enqueue(added);
  std::mutex mutex;
  std::map<std::string, int> claims;
  trial.in_parallel(kThreads, [&](int) {
    for (std::size_t i = 0; i < kAll; ++i) {
      for (const EventDelivery& delivery : trial.claim(3)) {
        const std::lock_guard<std::mutex> lock(mutex);
        ++claims[delivery.event_id];
      }
    }
  });
  expect_equal("how many were claimed", std::uint64_t{claims.size()}, std::uint64_t{kAll});
  for (const auto& [id, count] : claims) {
    expect_equal("claims of event " + id, std::uint64_t(count), std::uint64_t{1});
  }
}

void everything_at_once(EventTrial& trial) {
  constexpr int kEach = 40;
  std::atomic<std::uint64_t> settled{0};
  trial.in_parallel(kThreads, [&](int thread) {
    if (thread < 2) {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(thread) + ":" + std::to_string(i);
        trial.enqueue({event(id, i % 2 == 0 ? "key" : "")});
      }
      return;
    }
    for (int i = 0; i < 4000 && settled < 2 * kEach; ++i) {
      for (const EventDelivery& delivery : trial.claim(5)) {
        EventSettlement settlement = settlement_of(delivery);
        settlement.completion = delivery.event_id;
        expect(trial.settle(settlement), "a lease is held");
        ++settled;
      }
      trial.value(trial.start_ready({}, 10));
    }
  });
  expect_equal("how many were settled", settled.load(), std::uint64_t{2 * kEach});
  Strings contents = trial.contents();
  expect_equal("completions", std::uint64_t{contents.size()}, std::uint64_t{2 * kEach});
  expect_equal("what is left", trial.count(), EventCounts{});
}

void one_settles(EventTrial& trial) {
  std::vector<NewDelivery> added;
  for (int i = 0; i < 20; ++i) added.push_back(event(std::to_string(i)));
  trial.enqueue(added);
  const Deliveries claimed = trial.claim();
  std::atomic<std::uint64_t> held{0};
  trial.in_parallel(kThreads, [&](int thread) {
    for (const EventDelivery& delivery : claimed) {
      EventSettlement settlement =
          settlement_of(delivery, thread % 2 == 0 ? EventKind::kDone : EventKind::kDead);
      settlement.completion = delivery.event_id;
      if (trial.settle(settlement)) ++held;
    }
  });
  expect_equal("settlements that were held", held.load(), std::uint64_t{claimed.size()});
  expect_equal("completions", std::uint64_t{trial.contents().size()},
               std::uint64_t{claimed.size()});
}

void one_of_a_key_is_enqueued(EventTrial& trial) {
  constexpr int kKeys = 15;
  std::atomic<std::uint64_t> enqueued{0};
  trial.in_parallel(kThreads, [&](int thread) {
    for (int i = 0; i < kKeys; ++i) {
      const EventEnqueued answer =
          trial.enqueue_unit(unit_of({event(std::to_string(thread))}, "key" + std::to_string(i)));
      if (answer.status == EventStatus::kEnqueued) ++enqueued;
    }
  });
  expect_equal("what was enqueued", enqueued.load(), std::uint64_t{kKeys});
  expect_equal("deliveries", trial.count(), EventCounts{kKeys, 0, 0, 0});
}

void many_under_way(EventTrial& trial) {
  constexpr int kCalls = 300;
  std::vector<Pending<std::vector<EventEnqueued>>> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(trial.start_enqueue({unit_of({event(std::to_string(i))})}));
  }
  for (const auto& call : calls) {
    expect_equal("the status", trial.value(call).at(0).status, EventStatus::kEnqueued);
  }
  expect_equal("deliveries", trial.count(), EventCounts{kCalls, 0, 0, 0});
}

void a_watcher(EventTrial& trial) {
  std::atomic<std::uint64_t> others{0};
  const auto wanted = event_queue();
  trial.queue().watch([&others, wanted](const std::vector<EventQueueName>& queues) {
    for (const EventQueueName& queue : queues) others += queue == wanted ? 0 : 1;
  });
  trial.enqueue({event("a"), event("b", "key")});
  trial.dead(trial.claim(1).at(0));
  trial.value(trial.start_replay({}, 10));
  trial.queue().watch({});
  trial.enqueue({event("c")});
  // Whose variables are gone with this case may not be called when the queue has ended.
  trial.close();
  expect_equal("queues told that nothing was put into", others.load(), std::uint64_t{0});
}

}  // namespace

std::vector<EventCase> event_concurrency_cases() {
  return {
      {"at once: each delivery is claimed once", each_is_claimed_once},
      {"at once: enqueues, claims and settlements", everything_at_once},
      {"at once: one settlement of a lease is held", one_settles},
      {"at once: one of a key is enqueued", one_of_a_key_is_enqueued},
      {"at once: many under way", many_under_way},
      {"watch: it is told of queues that were put into", a_watcher},
  };
}

}  // namespace sublet::testing::conformance
