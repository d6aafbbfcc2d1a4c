// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/events/pump_bed.h"

namespace sublet::test {
namespace {

TEST_CASE("a pump: a pause holds, a kick after it goes on") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.add_tenant("other");
  bed.controls.controls = {{{"acme", {}, {}}, EventAction::kPause, {}, {}, "", false}};
  const auto pump = bed.start();
  bed.enqueue("acme");
  const std::string of_other = bed.enqueue("other");
  bed.advance(30s);
  CHECK(bed.runner.begun == std::vector<std::string>{of_other});
  bed.controls.controls.clear();
  pump->kick({});
  CHECK(bed.runner.runs == 2);
}

TEST_CASE("a pump: what is denied becomes dead letters, also of what is not installed") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.controls.controls = {{{"acme", {}, {}}, EventAction::kDeny, {}, {}, "abuse", false}};
  const auto pump = bed.start();
  for (int i = 0; i < 100; ++i) bed.enqueue("acme");
  bed.enqueue("acme", [](NewDelivery& delivery) { delivery.queue.extension = "gone"; });
  bed.advance(0ms);
  CHECK(bed.runner.runs == 0);
  const auto dead = bed.look(true);
  REQUIRE(dead.size() == 101);
  CHECK(dead[0].reason == "denied");
  CHECK(dead[0].last_outcome == Outcome::kDisabled);
  CHECK(dead[0].error_message == "abuse");
}

TEST_CASE("a pump: a throttle is one for all that it means") {
  PumpBed bed;
  for (const char* tenant : {"a", "b", "c"}) {
    bed.add_tenant(tenant);
    for (int i = 0; i < 100; ++i) bed.enqueue(tenant);
  }
  bed.controls.controls = {{{}, EventAction::kThrottle, {10, 1s, 10}, {}, "", false}};
  const auto pump = bed.start();
  CHECK(bed.runner.runs == 10);
  bed.advance(10s);
  CHECK(bed.runner.runs >= 105);
  CHECK(bed.runner.runs <= 110);
}

TEST_CASE("a pump: a tenant's rate and concurrency hold") {
  PumpBed bed;
  TenantPolicy& policy = bed.add_tenant("acme");
  policy.events.rate = {5, 1s, 5};
  for (int i = 0; i < 100; ++i) bed.enqueue("acme");
  const auto pump = bed.start();
  CHECK(bed.runner.runs == 5);
  bed.advance(4s);
  CHECK(bed.runner.runs >= 24);
  CHECK(bed.runner.runs <= 25);
  policy.events.rate = {};
  policy.events.max_concurrency = 3;
  bed.runner.duration = [](const Attempt&) { return 1s; };
  bed.advance(10s);
  CHECK(bed.runner.most_under_way == 3);
  CHECK(bed.runner.runs >= 50);
}

TEST_CASE("a pump: no tenant takes all of the process") {
  PumpBed bed;
  events::PumpOptions options;
  options.max_under_way = 10;
  bed.add_tenant("flood").events.max_concurrency = 1000;
  bed.add_tenant("other");
  bed.runner.hold = true;
  for (int i = 0; i < 100; ++i) bed.enqueue("flood");
  const auto pump = bed.start(options);
  CHECK(bed.runner.under_way == 8);
  const std::string id = bed.enqueue("other");
  bed.advance(0ms);
  CHECK(bed.runner.begun.back() == id);
}

TEST_CASE("a pump: a tenant that is switched off keeps its events until they are too old") {
  PumpBed bed;
  TenantPolicy& policy = bed.add_tenant("acme");
  policy.enabled = false;
  bed.runner.answer = [&](const Attempt&) {
    return policy.enabled ? ScriptedRunner::ok() : ScriptedRunner::ended(Outcome::kDisabled);
  };
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.advance(23h);
  CHECK(bed.runner.runs == 0);
  bed.advance(2h);
  const auto dead = bed.look(true);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason == "too_old");
  bed.enqueue("acme");
  bed.advance(1h);
  policy.enabled = true;
  bed.advance(2s);
  CHECK(bed.settled.back().outcome == Outcome::kOk);
}

TEST_CASE("a pump: an extension that keeps failing is suspended, probed and resumed") {
  PumpBed bed;
  TenantPolicy& policy = bed.add_tenant("acme");
  bed.rules("acme").delivery.max_attempts = 100;
  policy.events.breaker.minimum_calls = 20;
  policy.events.breaker.open_jitter = 0;
  policy.events.breaker.open_time = 30s;
  bool well = false;
  bed.runner.answer = [&](const Attempt&) {
    return well ? ScriptedRunner::ok() : ScriptedRunner::ended(Outcome::kException);
  };
  const auto pump = bed.start();
  for (int i = 0; i < 100; ++i) bed.enqueue("acme");
  bed.advance(1s);
  REQUIRE(!bed.suspended.empty());
  CHECK(bed.suspended.back() == BreakerState::kOpen);
  const std::uint64_t before = bed.runner.runs;
  CHECK(before < 60);
  bed.advance(25s);
  CHECK(bed.runner.runs == before);
  // One probe, which fails.
  bed.advance(10s);
  CHECK(bed.runner.runs == before + 1);
  well = true;
  bed.advance(60s);
  CHECK(bed.suspended.back() == BreakerState::kClosed);
  CHECK(bed.settled.size() == 100);
}

TEST_CASE("a pump: a breaker that finds nothing to probe with is not stuck") {
  PumpBed bed;
  TenantPolicy& policy = bed.add_tenant("acme");
  policy.events.breaker.minimum_calls = 1;
  policy.events.breaker.open_jitter = 0;
  policy.events.breaker.open_time = 1s;
  bed.rules("acme").delivery.max_attempts = 1;
  bed.runner.answer = [](const Attempt&) { return ScriptedRunner::ended(Outcome::kException); };
  const auto pump = bed.start();
  bed.enqueue("acme");
  CHECK(bed.suspended.size() == 1);
  bed.advance(2s);
  // Empty: it is probed for nothing.
  for (int i = 0; i < 5; ++i) {
    pump->kick({{"acme", "x", "e"}});
    bed.advance(1s);
  }
  bed.runner.answer = nullptr;
  bed.enqueue("acme");
  bed.enqueue("acme");
  bed.advance(1s);
  CHECK(bed.suspended.back() == BreakerState::kClosed);
  CHECK(bed.runner.runs == 3);
}

TEST_CASE("a pump: what belongs to other processes is taken when it is late") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.members.elsewhere.insert("acme");
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.advance(4s);
  CHECK(bed.runner.runs == 0);
  bed.advance(4s);
  CHECK(bed.runner.runs == 1);
  bed.members.elsewhere.clear();
  bed.enqueue("acme");
  CHECK(bed.runner.runs == 2);
}

TEST_CASE("a pump: claims are extended for as long as their attempts take") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.duration = [](const Attempt&) { return 10min; };
  int extended = 0;
  bed.queue->fault = [&](std::string_view call) {
    extended += call == "extend" ? 1 : 0;
    // Some of them do not get through.
    return FaultyQueue::Fault{call == "extend" && extended % 3 == 1, false, 0ms};
  };
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.advance(11min);
  CHECK(bed.runner.runs == 1);
  CHECK(bed.settled.size() == 1);
  CHECK(extended > 50);
  CHECK(pump->figures().lost == 0);
}

TEST_CASE("a pump: a claim that others took over is not settled, and counted") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.hold = true;
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.queue->fault = [](std::string_view call) {
    return FaultyQueue::Fault{call != "ready", false, 0ms};  // cut off
  };
  bed.advance(31s);
  bed.queue->fault = nullptr;
  EventClaim claim;
  claim.from.push_back({{"acme", "x", "e"}, 10});
  bed.queue->claim(claim, [](auto) {});
  bed.advance(6s);
  CHECK(pump->figures().lost == 1);
  bed.runner.let_go();
  bed.advance(1s);
  CHECK(bed.settled.empty());
  CHECK(bed.records().empty());
  CHECK(bed.counts().claimed == 1);
}

TEST_CASE("a pump: results wait for a queue that cannot be reached") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.queue->fault = [](std::string_view call) {
    return FaultyQueue::Fault{call == "settle", false, 0ms};
  };
  const auto pump = bed.start();
  for (int i = 0; i < 10; ++i) bed.enqueue("acme");
  bed.advance(60s);
  CHECK(bed.settled.empty());
  CHECK(bed.runner.runs == 10);
  bed.queue->fault = nullptr;
  bed.advance(3s);
  CHECK(bed.settled.size() == 10);
  CHECK(bed.runner.runs == 10);
}

TEST_CASE("a pump: drain ends when all is settled, resume goes on") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.hold = true;
  const auto pump = bed.start();
  for (int i = 0; i < 20; ++i) bed.enqueue("acme");
  CHECK(bed.runner.under_way == 16);
  int drained = 0;
  pump->drain([&] { ++drained; });
  bed.runner.hold = false;
  bed.advance(1s);
  CHECK(drained == 0);
  bed.runner.let_go();
  CHECK(drained == 1);
  CHECK(bed.settled.size() == 16);
  bed.advance(5s);
  CHECK(bed.counts().waiting == 4);
  pump->resume();
  bed.advance(1s);
  CHECK(bed.settled.size() == 20);
}

TEST_CASE("a pump: stop gives back what it has not begun, and settles what is under way") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.hold = true;
  bool late = false;
  bed.queue->fault = [&](std::string_view call) {
    return FaultyQueue::Fault{false, false, late && call == "claim" ? 1000ms : 0ms};
  };
  const auto pump = bed.start();
  bed.enqueue("acme");
  late = true;
  bed.enqueue("acme");
  CHECK(bed.counts().claimed == 2);
  CHECK(bed.runner.runs == 1);
  pump->stop();
  bed.advance(2s);
  CHECK(bed.runner.runs == 1);
  CHECK(bed.counts() == EventCounts{1, 1, 0, 0});
  CHECK(bed.look(false)[1].attempts == 0);
  bed.runner.let_go();
  bed.advance(0ms);
  CHECK(bed.settled.size() == 1);
  CHECK(pump->figures().released == 1);
}

TEST_CASE("a pump: clock jumps of the queue's server do no harm") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.answer = [&](const Attempt&) {
    return bed.runner.runs % 2 == 0 ? ScriptedRunner::ok()
                                    : ScriptedRunner::ended(Outcome::kException);
  };
  const auto pump = bed.start();
  for (const milliseconds jump : {milliseconds(0), milliseconds(3h), milliseconds(-1h)}) {
    bed.jump = jump;
    for (int i = 0; i < 10; ++i) bed.enqueue("acme");
    bed.advance(60s);
  }
  bed.advance(5h);
  CHECK(bed.settled.size() == 30);
  CHECK(bed.look(true).empty());
}

}  // namespace
}  // namespace sublet::test
