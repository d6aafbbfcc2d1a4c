// SPDX-License-Identifier: Apache-2.0
#include "events/members.h"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sublet/adapters/memory_event_queue.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"
#include "unavailable_queue.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

// Several processes over one queue, each with its own way to it.
class Fleet {
 public:
  struct Process {
    std::shared_ptr<test::UnavailableQueue> queue;
    std::shared_ptr<Members> members;
    int changes = 0;
  };

  std::unique_ptr<Process> join(const std::string& name) {
    auto process = std::make_unique<Process>();
    process->queue = std::make_shared<test::UnavailableQueue>(queue_);
    Setup setup;
    setup.queue = process->queue;
    setup.timers = &timers_;
    setup.clock = &clock_;
    setup.member = name;
    process->members = Members::create(setup, MemberOptions{});
    process->members->start([one = process.get()] { ++one->changes; });
    return process;
  }

  void pass(std::chrono::milliseconds time) { timers_.advance(time); }
  std::size_t timers() { return timers_.waiting(); }

 private:
  test::ManualClock clock_;
  test::ManualTimerService timers_{clock_};
  std::shared_ptr<MemoryEventQueue> queue_ = std::make_shared<MemoryEventQueue>([this] {
    return EventTime(std::chrono::floor<std::chrono::milliseconds>(clock_.now().time_since_epoch() +
                                                                   std::chrono::hours(500'000)));
  });
};

int places_of(const std::vector<Members*>& all, const std::string& tenant) {
  int count = 0;
  for (const Members* members : all) count += members->is_place_of(tenant) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("members: one alone is the place of everything") {
  Fleet fleet;
  const auto one = fleet.join("a");
  fleet.pass(3s);
  CHECK(one->members->all() == Names{"a"});
  CHECK(one->changes == 0);
  for (int i = 0; i < 50; ++i) CHECK(one->members->is_place_of("t" + std::to_string(i)));
}

TEST_CASE("members: they find each other, and every tenant has its places") {
  Fleet fleet;
  const auto a = fleet.join("a");
  const auto b = fleet.join("b");
  const auto c = fleet.join("c");
  fleet.pass(1s);
  for (const auto* one : {&a, &b, &c}) CHECK((*one)->members->all() == Names{"a", "b", "c"});
  CHECK(a->changes == 1);
  CHECK(c->changes == 1);
  int all = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string tenant = "t" + std::to_string(i);
    CHECK(places_of({a->members.get(), b->members.get(), c->members.get()}, tenant) == 2);
    all += a->members->is_place_of(tenant) ? 1 : 0;
  }
  CHECK(all > 150);
  CHECK(all < 250);
}

TEST_CASE("members: one that leaves is gone at the next heartbeat") {
  Fleet fleet;
  const auto a = fleet.join("a");
  const auto b = fleet.join("b");
  fleet.pass(1s);
  int left = 0;
  b->members->leave([&] { ++left; });
  CHECK(left == 1);
  fleet.pass(1s);
  CHECK(a->members->all() == Names{"a"});
  CHECK(a->changes == 2);
  fleet.pass(10s);
  CHECK(a->members->all() == Names{"a"});
  CHECK(left == 1);
}

TEST_CASE("members: one that dies is taken for gone after a while, not before") {
  Fleet fleet;
  const auto a = fleet.join("a");
  const auto b = fleet.join("b");
  fleet.pass(1s);
  b->members->stop();
  fleet.pass(3'900ms);
  CHECK(a->members->all() == Names{"a", "b"});
  fleet.pass(1'200ms);
  CHECK(a->members->all() == Names{"a"});
}

TEST_CASE("members: one that was paused is back with its next heartbeat") {
  Fleet fleet;
  const auto a = fleet.join("a");
  const auto b = fleet.join("b");
  fleet.pass(1s);
  b->queue->away = true;
  fleet.pass(7s);
  CHECK(a->members->all() == Names{"a"});
  b->queue->away = false;
  fleet.pass(2s);
  CHECK(a->members->all() == Names{"a", "b"});
  CHECK(b->members->all() == Names{"a", "b"});
}

TEST_CASE("members: where the queue is away it keeps to its share of what it knew last") {
  Fleet fleet;
  const auto a = fleet.join("a");
  const auto b = fleet.join("b");
  const auto c = fleet.join("c");
  fleet.pass(1s);
  std::vector<bool> before;
  for (int i = 0; i < 100; ++i) before.push_back(a->members->is_place_of(std::to_string(i)));
  const int changes = a->changes;
  for (const auto* one : {&a, &b, &c}) (*one)->queue->away = true;
  fleet.pass(60s);
  std::vector<bool> after;
  for (int i = 0; i < 100; ++i) after.push_back(a->members->is_place_of(std::to_string(i)));
  CHECK(before == after);
  CHECK(a->changes == changes);
}

TEST_CASE("members: leaving where the queue is away ends all the same") {
  Fleet fleet;
  const auto a = fleet.join("a");
  a->queue->away = true;
  int left = 0;
  a->members->leave([&] { ++left; });
  a->members->leave({});
  CHECK(left == 1);
  CHECK(fleet.timers() == 0);
}

TEST_CASE("members: no timer is left behind") {
  Fleet fleet;
  auto a = fleet.join("a");
  CHECK(fleet.timers() == 1);
  a->members->stop();
  a->members->stop();
  CHECK(fleet.timers() == 0);
  const auto b = fleet.join("b");
  a.reset();
  fleet.pass(2s);
  CHECK(fleet.timers() == 1);
}

TEST_CASE("members: asked by many threads while it changes") {
  Fleet fleet;
  const auto a = fleet.join("a");
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!over) {
        a->members->is_place_of("acme");
        a->members->all();
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const auto other = fleet.join("m" + std::to_string(i));
    fleet.pass(1s);
    other->members->leave([] {});
    fleet.pass(1s);
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(a->changes == 40);
}

}  // namespace sublet::events
