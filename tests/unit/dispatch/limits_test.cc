// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "test_bed.h"

using namespace sublet;
using namespace sublet::test;

TEST_CASE("dispatcher: a spinning turn ends at its CPU limit and the isolate lives on") {
  TestBed bed;
  bed.engine->on("spin", [](FakeTurn& turn) { return turn.spins(); });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(10);
  policy.limits.wall_time = milliseconds(5'000);
  const auto acme = bed.extension("acme", {"spin", "answer"}, policy);
  const InvocationResult result = bed.run(acme, 0);
  CHECK(result.outcome == Outcome::kExceededCpu);
  CHECK(contains(result.usage.limits_exceeded, Limit::kCpu));
  CHECK(result.usage.cpu_time >= milliseconds(9));
  CHECK(bed.run(acme, 1).outcome == Outcome::kOk);
  CHECK(bed.counts->isolates_made <= 2);  // the tenant's and the spare one after it
  CHECK(bed.observer.ends().empty());
}

TEST_CASE("dispatcher: wall time ends a running turn, and an awaiting one") {
  TestBed bed;
  bed.engine->on("spin", [](FakeTurn& turn) { return turn.spins(); });
  bed.engine->on("wait", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(1'000);
  policy.limits.wall_time = milliseconds(10);
  const auto acme = bed.extension("acme", {"spin", "wait"}, policy);
  for (const std::size_t handler : {0, 1}) {
    const InvocationResult result = bed.run(acme, handler);
    CHECK(result.outcome == Outcome::kExceededWallTime);
    CHECK(contains(result.usage.limits_exceeded, Limit::kWall));
    CHECK(result.usage.wall_time >= milliseconds(10));
  }
  bed.dispatcher->shutdown();
  CHECK(bed.counts->contexts == 0);
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: the caller's deadline covers queue and run") {
  TestBed bed;
  bed.options.workers = 1;
  Gate gate;
  bed.engine->on("hold", [&](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("1");
  });
  bed.engine->on("spin", [](FakeTurn& turn) { return turn.spins(); });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(5'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"hold", "spin"}, policy);
  InvokeOptions options;
  options.deadline = milliseconds(15);
  CHECK(bed.run(acme, 1, options).outcome == Outcome::kExceededWallTime);

  auto holding = bed.start_one(acme, 0);
  gate.await_waiting();
  // The only worker is busy: the watchdog's thread has to end this one.
  const InvocationResult expired = bed.run(acme, 1, options);
  CHECK(expired.outcome == Outcome::kExpired);
  CHECK(expired.usage.turns == 0);
  gate.open();
  CHECK(holding.get().outcome == Outcome::kOk);
}

TEST_CASE("dispatcher: a promise that nothing can settle ends at once") {
  TestBed bed;
  bed.engine->on("never", [](FakeTurn&) { return FakeTurn::awaits(true); });
  bed.start();
  const InvocationResult result = bed.run(bed.extension("acme", {"never"}));
  CHECK(result.outcome == Outcome::kException);
  REQUIRE(result.error.has_value());
  CHECK(result.error->name == "NeverSettled");
}

TEST_CASE("dispatcher: memory exhaustion condemns the isolate and ends what awaits in it") {
  TestBed bed;
  bed.engine->on("wait", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
  bed.engine->on("exhaust", [](FakeTurn& turn) { return turn.exhausts(); });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  TenantPolicy policy;
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"wait", "exhaust", "answer"}, policy);
  auto waits = bed.start_one(acme, 0);
  CHECK(bed.run(acme, 2).outcome == Outcome::kOk);
  CHECK(bed.run(acme, 1).outcome == Outcome::kExceededMemory);
  CHECK(waits.get().outcome == Outcome::kExceededMemory);
  CHECK(bed.run(acme, 2).outcome == Outcome::kOk);
  CHECK(bed.observer.ends() == std::vector<IsolateEnd>{IsolateEnd::kCondemned});
  CHECK(bed.stats().isolates_condemned == 1);
  bed.dispatcher->shutdown();
  CHECK(bed.counts->isolates == 0);
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: a full queue sheds load through the completion, not on the caller") {
  TestBed bed;
  bed.options.workers = 1;
  Gate gate;
  bed.engine->on("hold", [&](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("1");
  });
  bed.start();
  TenantPolicy policy;
  policy.max_queue = 2;
  policy.max_concurrency = 1;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"hold"}, policy);
  auto first = bed.start_one(acme);
  gate.await_waiting();
  auto second = bed.start_one(acme);
  auto third = bed.start_one(acme);
  const auto caller = std::this_thread::get_id();
  std::promise<bool> elsewhere;
  auto accepted = bed.submit(acme, 0, [&](InvocationResult result) {
    elsewhere.set_value(std::this_thread::get_id() != caller &&
                        result.outcome == Outcome::kLoadShed);
  });
  CHECK(accepted.has_value());
  CHECK(elsewhere.get_future().get());
  gate.open();
  for (auto* each : {&first, &second, &third}) CHECK(each->get().outcome == Outcome::kOk);
}

TEST_CASE("dispatcher: a tenant switched off is refused, also in the queue") {
  TestBed bed;
  bed.options.workers = 1;
  Gate gate;
  bed.engine->on("hold", [&](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("1");
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"hold"}, policy);
  auto runs = bed.start_one(acme);
  gate.await_waiting();
  auto queued = bed.start_one(acme);
  policy.enabled = false;
  bed.dispatcher->set_policy(*acme->tenant, std::make_shared<const TenantPolicy>(policy));
  CHECK(bed.run(acme).outcome == Outcome::kDisabled);
  gate.open();
  CHECK(runs.get().outcome == Outcome::kOk);
  CHECK(queued.get().outcome == Outcome::kDisabled);
}

TEST_CASE("dispatcher: top-level code has a CPU limit of its own") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.engine->on_load([](FakeIsolate& isolate) {
    while (!isolate.terminated()) {
    }
    return engine::LoadReport{};
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.startup_cpu_time = milliseconds(5);
  const InvocationResult result = bed.run(bed.extension("acme", {"answer"}, policy));
  CHECK(result.outcome == Outcome::kExceededCpu);
  CHECK(result.usage.turns == 0);
}

TEST_CASE("dispatcher: idle tenants are evicted for the memory budget and come back") {
  TestBed bed;
  bed.options.memory_budget = Bytes::mebibytes(8);
  bed.engine->set_committed(Bytes::mebibytes(1));
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  std::vector<Extension> all;
  for (int i = 0; i < 20; ++i) all.push_back(bed.extension("t" + std::to_string(i), {"answer"}));
  for (int round = 0; round < 2; ++round) {
    for (const auto& each : all) CHECK(bed.run(each).outcome == Outcome::kOk);
  }
  CHECK(bed.stats().isolates_evicted >= 11);
  bed.observer.await_ends(11);
  CHECK(bed.stats().isolates <= 12);
  bed.dispatcher->shutdown();
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: the soft CPU limit is told to the tenant in its next turn") {
  TestBed bed;
  std::atomic<bool> warned{false};
  bed.engine->on("work", [&](FakeTurn& turn) {
    if (turn.number == 1) {
      const auto until = base::system_clock().thread_cpu() + milliseconds(12);
      while (base::system_clock().thread_cpu() < until) {
      }
      turn.port.start_timer(milliseconds(1));
      return FakeTurn::awaits();
    }
    warned = turn.warned;
    return FakeTurn::answers("1");
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(5'000);
  policy.limits.soft_cpu_time = milliseconds(3);
  policy.limits.wall_time = milliseconds(20'000);
  const InvocationResult result = bed.run(bed.extension("acme", {"work"}, policy));
  CHECK(result.outcome == Outcome::kOk);
  CHECK(contains(result.usage.limits_exceeded, Limit::kCpuSoft));
  CHECK(warned);
  CHECK(bed.observer.limits() == std::vector<Limit>{Limit::kCpuSoft});
}
