// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>

#include "test_bed.h"

using namespace sublet;
using namespace sublet::test;

namespace {

TenantPolicy short_policy() {
  TenantPolicy policy;
  policy.isolation = Isolation::kInProcess;
  policy.limits.cpu_time = milliseconds(5);
  policy.limits.wall_time = milliseconds(20);
  return policy;
}

}  // namespace

TEST_CASE("lost worker: a turn that never comes back is settled, and the tenant goes on") {
  const auto gate = std::make_shared<Gate>();
  TestBed bed;
  bed.options.workers = 1;
  bed.engine->on("stuck", [gate](FakeTurn&) {
    gate->wait();
    return FakeTurn::answers("1");
  });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  const auto acme = bed.extension("acme", {"stuck", "answer"}, short_policy());
  CHECK(bed.run(acme, 0).outcome == Outcome::kExceededWallTime);
  CHECK(bed.run(acme, 1).outcome == Outcome::kOk);
  CHECK(bed.stats().isolates_abandoned == 1);
  CHECK(bed.stats().abandoned_memory == Bytes::mebibytes(1));
  CHECK(bed.stats().workers == 1);
  bed.observer.await_ends(1);
  CHECK(bed.observer.ends() == std::vector<IsolateEnd>{IsolateEnd::kAbandoned});

  // It comes back after all: the isolate goes, on its own thread.
  gate->open();
  while (bed.counts->isolates > 2) std::this_thread::yield();
  while (bed.stats().abandoned_memory.count > 0) std::this_thread::yield();
  bed.dispatcher->shutdown();
  while (bed.counts->isolates > 0) std::this_thread::yield();
  CHECK(bed.counts->contexts == 0);
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("lost worker: shutdown does not wait for it") {
  const auto gate = std::make_shared<Gate>();
  const auto counts = std::make_shared<FakeCounts>();
  {
    TestBed bed;
    bed.counts = counts;
    bed.engine = std::make_shared<FakeEngine>(counts);
    bed.engine->on("stuck", [gate](FakeTurn&) {
      gate->wait();
      return FakeTurn::answers("1");
    });
    bed.start();
    const auto acme = bed.extension("acme", {"stuck"}, short_policy());
    auto first = bed.start_one(acme);
    gate->await_waiting();
    bed.dispatcher->shutdown();
    CHECK(first.get().outcome != Outcome::kOk);
  }
  CHECK(counts->isolates == 1);
  gate->open();
  while (counts->isolates > 0) std::this_thread::yield();
  CHECK(counts->violations == 0);
}

TEST_CASE("lost worker: a fatal error deep inside the engine parks the thread and ends as memory") {
  TestBed bed;
  bed.options.workers = 1;
  bed.engine->on("fatal", [](FakeTurn& turn) -> engine::TurnReport {
    turn.fails_fatally("CALL_AND_RETRY_LAST");
  });
  bed.engine->on("wait", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  TenantPolicy policy = short_policy();
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"fatal", "wait", "answer"}, policy);
  auto waits = bed.start_one(acme, 1);
  const InvocationResult result = bed.run(acme, 0);
  CHECK(result.outcome == Outcome::kExceededMemory);
  CHECK(result.error->message == "CALL_AND_RETRY_LAST");
  CHECK(result.tenant == "acme");
  CHECK(waits.get().outcome == Outcome::kExceededMemory);
  CHECK(bed.run(acme, 2).outcome == Outcome::kOk);

  // The second one reaches the tenant's quota; other tenants are not concerned.
  CHECK(bed.run(acme, 0).outcome == Outcome::kExceededMemory);
  CHECK(bed.run(acme, 2).outcome == Outcome::kQuarantined);
  const auto globex = bed.extension("globex", {"fatal", "wait", "answer"}, policy);
  CHECK(bed.run(globex, 2).outcome == Outcome::kOk);
  CHECK(bed.stats().isolates_abandoned == 2);
}

TEST_CASE("lost worker: top-level code that does not come back is reported to who loads") {
  const auto gate = std::make_shared<Gate>();
  TestBed bed;
  bed.engine->on_load([gate](FakeIsolate&) {
    gate->wait();
    return engine::LoadReport{};
  });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  const auto acme = bed.extension("acme", {"answer"}, short_policy());
  InvokeOptions options;
  options.deadline = milliseconds(10);
  const InvocationResult result = bed.run(acme, 0, options);
  CHECK(result.outcome == Outcome::kExceededWallTime);
  gate->open();
  bed.dispatcher->shutdown();
  while (bed.counts->isolates > 0) std::this_thread::yield();
  CHECK(bed.counts->violations == 0);
}
