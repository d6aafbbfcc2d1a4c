// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/memory_event_queue.h"

#include <doctest/doctest.h>

#include <atomic>

#include "adapters/event_conformance_test.h"
#include "adapters/memory/hooked_event_queue.h"

namespace sublet {
namespace {

NewDelivery delivery(const std::string& id) {
  NewDelivery added;
  added.queue = {"tenant", "extension", "event"};
  added.event_id = id;
  return added;
}

void enqueue(EventQueue& queue, const std::string& id) {
  EventEnqueue unit;
  unit.deliveries = {delivery(id)};
  queue.enqueue({unit}, [](auto result) { CHECK(result.has_value()); });
}

std::uint64_t count(EventQueue& queue) {
  std::uint64_t found = 0;
  queue.count({}, [&](Result<EventCounts> result) { found = result->waiting; });
  return found;
}

}  // namespace

TEST_CASE("memory: it does what every event queue does") {
  testing::EventQueueSubject subject;
  subject.open = [](EventClock clock) {
    return std::make_shared<MemoryEventQueue>(std::move(clock));
  };
  testing::expect_event_conformance(subject);
}

TEST_CASE("memory: several owners of one event queue, which outlives them") {
  testing::EventQueueSubject subject;
  const auto kept = std::make_shared<std::shared_ptr<EventQueue>>();
  subject.open = [kept](EventClock clock) {
    *kept = std::make_shared<MemoryEventQueue>(std::move(clock));
    return std::make_shared<HookedEventQueue>(*kept, EventHooks{});
  };
  subject.open_another = [kept](const EventClock&) {
    return std::make_shared<HookedEventQueue>(*kept, EventHooks{});
  };
  subject.reopen = subject.open_another;
  testing::expect_event_conformance(subject, "opened again");
  testing::expect_event_conformance(subject, "two");
}

TEST_CASE("memory: the machine's clock where no other is given") {
  MemoryEventQueue queue;
  const auto before = std::chrono::system_clock::now() - std::chrono::seconds(1);
  enqueue(queue, "a");
  queue.peek({}, [&](Result<std::vector<EventDelivery>> found) {
    REQUIRE(found->size() == 1);
    CHECK(found->at(0).enqueued_at > before);
  });
}

TEST_CASE("memory: a watcher is told of what was put in, and may call the queue") {
  MemoryEventQueue queue;
  std::vector<EventQueueName> told;
  std::uint64_t seen = 0;
  queue.watch([&](std::vector<EventQueueName> queues) {
    told = std::move(queues);
    seen = count(queue);
  });
  enqueue(queue, "a");
  CHECK(told == std::vector<EventQueueName>{{"tenant", "extension", "event"}});
  CHECK(seen == 1);
  queue.watch({});
  enqueue(queue, "b");
  CHECK(seen == 1);
}

TEST_CASE("memory: what a callback or watcher throws ends there") {
  MemoryEventQueue queue;
  queue.watch([](auto) { throw 1; });
  EventEnqueue unit;
  unit.deliveries = {delivery("a")};
  queue.enqueue({unit}, [](auto) { throw 2; });
  CHECK(count(queue) == 1);
}

TEST_CASE("memory: a completion that throws buries nothing") {
  MemoryEventQueue queue;
  enqueue(queue, "a");
  std::atomic<bool> failed{false};
  queue.bury(
      {}, "reason", 10, [](const EventDelivery&) -> std::string { throw 1; },
      [&](Result<std::uint64_t> result) { failed = !result.has_value(); });
  CHECK(failed);
  CHECK(count(queue) == 1);
}

TEST_CASE("memory: what others claim while completions are made is buried all the same") {
  MemoryEventQueue queue;
  enqueue(queue, "a");
  enqueue(queue, "b");
  EventClaim request;
  request.from = {{{"tenant", "extension", "event"}, 1}};
  int made = 0;
  const auto make = [&](const EventDelivery& found) {
    if (++made == 1) queue.claim(request, [](auto claimed) { CHECK(claimed->size() == 1); });
    return found.event_id;
  };
  std::uint64_t buried = 0;
  queue.bury({}, "reason", 10, make, [&](Result<std::uint64_t> result) { buried = *result; });
  CHECK(buried == 2);
  CHECK(made == 3);
  queue.completions({}, 10,
                    [](Result<EventCompletionPage> page) { CHECK(page->completions.size() == 2); });
}

}  // namespace sublet
