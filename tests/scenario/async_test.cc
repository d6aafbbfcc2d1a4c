// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stop_token>
#include <thread>

#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("async: under load every accepted invocation completes exactly once") {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 250;
    std::vector<std::atomic<int>> completed(kThreads * kEach);
    std::atomic<std::size_t> total{0};
    std::atomic<std::size_t> wrong{0};
    TestHost host;
    for (const char* tenant : {"t0", "t1", "t2"}) {
      host.install("export const run = async (e, { host }) => (await host.echo(e.data))[0];", {},
                   tenant);
    }
    std::vector<std::jthread> threads;
    std::atomic<std::size_t> refused{0};
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < kEach; ++i) {
          const std::size_t n = t * kEach + i;
          Event event{
              .tenant = "t" + std::to_string(n % 3), .event = "run", .payload = std::to_string(n)};
          const auto accepted =
              host->invoke_async(std::move(event), [&, n](InvocationResult result) {
                ++completed[n];
                if (!result.ok() || result.json != std::to_string(n)) ++wrong;
                ++total;
              });
          if (!accepted) ++refused;
        }
      });
    }
    threads.clear();
    CHECK(host->drain(kPatience));
    CHECK(refused == 0);
    CHECK(wrong == 0);
    CHECK(total == kThreads * kEach);
    for (const auto& count : completed) CHECK(count == 1);
    CHECK(host.observer.finished.items().size() == kThreads * kEach);
    const HostStats stats = host->stats();
    CHECK(stats.invocations_accepted == kThreads * kEach);
    CHECK(stats.invocations_finished == kThreads * kEach);
    CHECK(stats.invocations_queued == 0);
    CHECK(stats.invocations_awaiting == 0);
  }

  TEST_CASE("async: cancellation that races the end gives one outcome") {
    TestHost host;
    host.install("export const run = async () => { await null; return 1; };");
    constexpr int kRounds = 200;
    for (int i = 0; i < kRounds; ++i) {
      std::stop_source stop;
      InvokeOptions options;
      options.stop = stop.get_token();
      host.start({.tenant = "acme", .event = "run"}, options);
      stop.request_stop();
    }
    CHECK(host->drain(kPatience));
    const auto results = host.results.items();
    CHECK(results.size() == kRounds);
    for (const auto& result : results) {
      CHECK((result.ok() || result.outcome == Outcome::kCanceled));
    }
  }

  TEST_CASE("async: invoke() from a completion is refused instead of blocking a worker") {
    Collector<Error> errors;
    TestHost host;
    host.install("export const run = () => 1;");
    const auto accepted =
        host->invoke_async({.tenant = "acme", .event = "run"}, [&](InvocationResult) {
          const auto nested = host->invoke({.tenant = "acme", .event = "run"});
          errors.add(nested ? Error{} : nested.error());
        });
    REQUIRE(accepted);
    REQUIRE(errors.wait_for(1));
    CHECK(errors.items()[0].code == ErrorCode::kFailedPrecondition);
  }

  TEST_CASE("async: a completion may start the next invocation") {
    TestHost host;
    host.install("export const run = (event) => event.data;");
    std::function<void(int)> next = [&](int left) {
      const auto accepted =
          host->invoke_async({.tenant = "acme", .event = "run", .payload = std::to_string(left)},
                             [&, left](InvocationResult result) {
                               host.results.add(std::move(result));
                               if (left > 0) next(left - 1);
                             });
      CHECK(accepted);
    };
    next(20);
    CHECK(host.results.wait_for(21));
  }

  TEST_CASE("async: a completion that throws is reported and hurts nobody") {
    TestHost host;
    host.install("export const run = () => 1;");
    REQUIRE(host->invoke_async({.tenant = "acme", .event = "run"},
                               [](InvocationResult) { throw std::runtime_error("mine"); }));
    REQUIRE(host.observer.errors.wait_for(1));
    CHECK(host.observer.errors.take()[0].find("mine") != std::string::npos);
    CHECK_ANSWER(host.run(), "1");
  }
}

}  // namespace sublet::scenario
