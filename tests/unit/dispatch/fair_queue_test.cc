// SPDX-License-Identifier: Apache-2.0
#include "dispatch/fair_queue.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace sublet;
using runtime::Tenant;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

std::shared_ptr<Tenant> make_tenant(const std::string& name, std::uint32_t weight = 100) {
  auto policy = std::make_shared<TenantPolicy>();
  policy->weight = weight;
  return std::make_shared<Tenant>(name, nullptr, policy);
}

base::TimePoint at(milliseconds since_start) { return base::TimePoint(since_start); }

}  // namespace

TEST_CASE("fair queue: CPU time is shared by weight") {
  dispatch::FairQueue queue;
  const auto light = make_tenant("light", 100);
  const auto heavy = make_tenant("heavy", 300);
  queue.push(*light, true);
  queue.push(*heavy, true);
  std::map<std::string, int> turns;
  for (int i = 0; i < 400; ++i) {
    const auto served = queue.pop(1, at(milliseconds(i)));
    ++turns[served->name];
    queue.done(*served, milliseconds(1), milliseconds(1));
    queue.push(*served, false);
  }
  CHECK(turns["light"] >= 99);
  CHECK(turns["light"] <= 101);
}

TEST_CASE("fair queue: who was idle starts level, without credit for the time") {
  dispatch::FairQueue queue;
  const auto busy = make_tenant("busy");
  const auto idle = make_tenant("idle");
  queue.push(*busy, true);
  for (int i = 0; i < 1000; ++i) {
    const auto served = queue.pop(1, at(milliseconds(i)));
    queue.done(*served, milliseconds(1), milliseconds(1));
    queue.push(*served, false);
  }
  queue.push(*idle, true);
  int idle_turns = 0;
  for (int i = 0; i < 100; ++i) {
    const auto served = queue.pop(1, at(milliseconds(1000 + i)));
    if (served == idle) ++idle_turns;
    queue.done(*served, milliseconds(1), milliseconds(1));
    queue.push(*served, false);
  }
  CHECK(idle_turns >= 49);
  CHECK(idle_turns <= 52);
}

TEST_CASE("fair queue: long turns leave one worker free while short ones are about") {
  dispatch::FairQueue queue;
  const auto spinner = make_tenant("spinner");
  const auto other = make_tenant("other");
  const auto quick = make_tenant("quick");
  for (const auto& each : {spinner, other}) {
    queue.push(*each, true);
    CHECK(queue.pop(2, at(milliseconds(0))) == each);
    queue.done(*each, milliseconds(50), milliseconds(50));
  }
  queue.push(*quick, true);
  queue.push(*spinner, false);
  queue.push(*other, false);
  CHECK(queue.pop(2, at(milliseconds(10))) == quick);
  queue.done(*quick, microseconds(10), microseconds(10));
  CHECK(queue.pop(2, at(milliseconds(11))) == spinner);
  CHECK(queue.pop(2, at(milliseconds(12))) == nullptr);
  CHECK(queue.holds_back());
  // Nobody with short turns was there for a while: the worker need not idle.
  CHECK(queue.pop(2, at(milliseconds(200))) == other);
}
