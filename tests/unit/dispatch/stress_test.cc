// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "test_bed.h"

using namespace sublet;
using namespace sublet::test;

namespace {

// Handlers that end in every way there is, but for losing their thread.
void prepare_handlers(FakeEngine& engine) {
  engine.on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  engine.on("throw", [](FakeTurn&) { return FakeTurn::throws("no"); });
  engine.on("spin", [](FakeTurn& turn) { return turn.spins(); });
  engine.on("exhaust", [](FakeTurn& turn) { return turn.exhausts(); });
  engine.on("never", [](FakeTurn&) { return FakeTurn::awaits(true); });
  engine.on("wait", [](FakeTurn& turn) {
    if (turn.number > 3) return FakeTurn::answers("1");
    turn.port.start_timer(milliseconds(1));
    return FakeTurn::awaits();
  });
  engine.on("hang", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
}

constexpr std::array<std::size_t, 12> kMix = {0, 0, 0, 0, 1, 5, 5, 5, 6, 4, 2, 3};

struct Sender {
  TestBed& bed;
  const std::vector<Extension>& extensions;
  std::atomic<int>& accepted;
  std::atomic<int>& completed;
  std::mt19937 random;

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      InvokeOptions options;
      if (random() % 4 == 0) options.deadline = milliseconds(1 + random() % 20);
      std::stop_source stop;
      if (random() % 4 == 0) options.stop = stop.get_token();
      const auto& extension = extensions[random() % extensions.size()];
      auto taken = bed.submit(
          extension, kMix[random() % kMix.size()], [this](InvocationResult) { ++completed; },
          options);
      if (taken.has_value()) ++accepted;
      if (random() % 2 == 0) stop.request_stop();
    }
  }
};

}  // namespace

TEST_CASE("dispatcher: whatever happens at once, each invocation is completed exactly once") {
  for (const bool shut_down_early : {false, true}) {
    TestBed bed;
    bed.options.workers = 3;
    bed.options.memory_budget = Bytes::mebibytes(6);
    prepare_handlers(*bed.engine);
    bed.start();
    TenantPolicy policy;
    policy.limits.cpu_time = milliseconds(2);
    policy.limits.wall_time = milliseconds(25);
    policy.max_queue = 200;
    policy.max_concurrency = 8;
    std::vector<Extension> extensions;
    for (int i = 0; i < 8; ++i) {
      extensions.push_back(bed.extension(
          "t" + std::to_string(i), {"answer", "throw", "spin", "exhaust", "never", "wait", "hang"},
          policy, i % 3 == 0 ? State::kTenant : State::kInvocation,
          i % 4 == 1 ? Realm::kFrozen : Realm::kStandard));
    }
    std::atomic<int> accepted{0};
    std::atomic<int> completed{0};
    std::vector<std::unique_ptr<Sender>> senders;
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 2; ++seed) {
      senders.push_back(std::make_unique<Sender>(
          Sender{bed, extensions, accepted, completed, std::mt19937(seed)}));
      threads.emplace_back([&sender = *senders.back()] { sender.send(600); });
    }
    if (!shut_down_early) {
      for (auto& thread : threads) thread.join();
      CHECK(bed.dispatcher->drain(milliseconds(60'000)));
    }
    bed.dispatcher->shutdown();
    if (shut_down_early) {
      for (auto& thread : threads) thread.join();
    }
    CHECK(accepted == completed);
    if (!shut_down_early) CHECK(completed == 1200);
    CHECK(bed.observer.outcomes().size() == static_cast<std::size_t>(completed));
    const HostStats stats = bed.stats();
    CHECK(stats.invocations_queued == 0);
    CHECK(stats.invocations_awaiting == 0);
    CHECK(stats.isolates_abandoned == 0);
    CHECK(bed.counts->isolates == 0);
    CHECK(bed.counts->contexts == 0);
    CHECK(bed.counts->violations == 0);
  }
}

TEST_CASE("dispatcher: a tenant that spins does not keep others waiting for its turns") {
  TestBed bed;
  prepare_handlers(*bed.engine);
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20);
  policy.limits.wall_time = milliseconds(5'000);
  std::vector<Extension> spinners;
  for (int i = 0; i < 3; ++i) {
    spinners.push_back(bed.extension("spinner" + std::to_string(i), {"spin"}, policy));
  }
  const auto good = bed.extension("good", {"answer"}, policy);
  std::vector<std::future<InvocationResult>> spinning;
  for (const auto& spinner : spinners) {
    for (int i = 0; i < 4; ++i) spinning.push_back(bed.start_one(spinner));
  }
  // The first turns show who is long; from then on one of the two workers is kept for the others.
  spinning[0].wait();
  spinning[4].wait();
  spinning[8].wait();
  std::size_t still_spinning = 0;
  for (int i = 0; i < 20; ++i) CHECK(bed.run(good).outcome == Outcome::kOk);
  for (auto& each : spinning) {
    if (each.wait_for(milliseconds(0)) != std::future_status::ready) ++still_spinning;
  }
  // Twenty quick calls were through while the long ones still queued.
  CHECK(still_spinning >= 4);
  for (auto& each : spinning) CHECK(each.get().outcome == Outcome::kExceededCpu);
}
