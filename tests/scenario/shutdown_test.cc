// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "support.h"

namespace sublet::scenario {
namespace {

const Event kRun{.tenant = "acme", .event = "run"};

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("shutdown: drain waits for what was accepted, refuses the rest, and reopens") {
    TestHost host;
    host.install("export const run = (event, { host }) => host.held.call();");
    host.start();
    REQUIRE(host.held.wait_for(1));
    CHECK_FALSE(host->drain(10ms));
    const auto refused = host->invoke_async(kRun, [](InvocationResult) {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kFailedPrecondition);

    host.held.items()[0].resolve("1");
    CHECK(host->drain(kPatience));
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "1");

    host->accept_again();
    host.start();
    REQUIRE(host.held.wait_for(2));
    host.held.items()[1].resolve("2");
    REQUIRE(host.results.wait_for(2));
  }

  TEST_CASE("shutdown: an idle host drains at once") {
    TestHost host;
    CHECK(host->drain(0ms));
    CHECK(host->drain(kPatience));
  }

  TEST_CASE("shutdown: what is queued, running and awaiting ends as canceled, each once") {
    TestHost host;
    host.install(R"(
      export const spin = async (_, { host }) => { await host.note("on"); for (;;); };
      export const run = (_, { host }) => host.held.call();)",
                 {.events = {"spin", "run"}});
    for (int i = 0; i < 4; ++i) host.start();
    REQUIRE(host.held.wait_for(4));
    for (int i = 0; i < 4; ++i) host.start({.tenant = "acme", .event = "spin"});
    REQUIRE(host.notes.wait_for(1));
    host->shutdown();
    const auto results = host.results.items();
    CHECK(results.size() == 8);
    for (const auto& result : results) CHECK_OUTCOME(result, Outcome::kCanceled);
    CHECK(host.observer.finished.items().size() == 8);
  }

  TEST_CASE("shutdown: afterwards everything is refused, and a second one does nothing") {
    TestHost host;
    host.install("export const run = () => 1;");
    host->shutdown();
    host->shutdown();
    const auto invoked = host->invoke(kRun);
    REQUIRE_FALSE(invoked.has_value());
    CHECK(invoked.error().code == ErrorCode::kFailedPrecondition);
    const auto installed = host->install("acme", make_bundle("export const run = () => 1;"));
    REQUIRE_FALSE(installed.has_value());
    CHECK(installed.error().code == ErrorCode::kFailedPrecondition);
    CHECK(host->drain(0ms));
  }

  TEST_CASE("shutdown: a caller that waits in invoke() is let go") {
    TestHost host;
    host.install("export const run = (_, { host }) => host.held.call();");
    std::jthread caller([&] {
      auto result = host->invoke(kRun);
      if (result) host.results.add(std::move(result).value());
    });
    REQUIRE(host.held.wait_for(1));
    host->shutdown();
    REQUIRE(host.results.wait_for(1));
    CHECK_OUTCOME(host.results.items()[0], Outcome::kCanceled);
  }

  TEST_CASE("shutdown: answers that come after the host is gone are dropped") {
    std::vector<HostCallAnswer> late;
    {
      TestHost host;
      host.install("export const run = (_, { host }) => host.held.call();");
      host.start();
      REQUIRE(host.held.wait_for(1));
      late = host.held.items();
    }
    for (const auto& answer : late) answer.resolve("1");
    for (const auto& answer : late) answer.reject("2");
  }

  TEST_CASE("shutdown: hosts come and go in one process, also side by side") {
    for (int i = 0; i < 5; ++i) {
      TestHost first;
      TestHost second;
      first.install("export const run = () => 1;");
      second.install("export const run = () => 2;");
      CHECK_ANSWER(first.run(), "1");
      CHECK_ANSWER(second.run(), "2");
    }
  }

  TEST_CASE("shutdown: a host that is dropped with work in flight ends it") {
    Collector<InvocationResult> results;
    {
      TestHost host;
      host.install("export const run = (event, { host }) => event.data ? 1 : host.held.call();");
      for (int i = 0; i < 20; ++i) {
        REQUIRE(host->invoke_async(
            {.tenant = "acme", .event = "run", .payload = i % 2 ? "true" : "null"},
            [&](InvocationResult result) { results.add(std::move(result)); }));
      }
    }
    CHECK(results.items().size() == 20);
  }
}

}  // namespace sublet::scenario
