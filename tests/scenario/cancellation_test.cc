// SPDX-License-Identifier: Apache-2.0
#include <stop_token>

#include "support.h"

namespace sublet::scenario {
namespace {

InvokeOptions stopped_by(const std::stop_source& source) {
  InvokeOptions options;
  options.stop = source.get_token();
  return options;
}

const Event kRun{.tenant = "acme", .event = "run"};

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("cancel: a queued invocation ends as canceled and never runs") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(R"(
      export const block = async (_, { host }) => host.gate.pass();
      export const run = async (_, { host }) => host.note('ran');)",
                 {.events = {"block", "run"}});
    host.start({.tenant = "acme", .event = "block"});
    REQUIRE(host.gate.wait_entered(1));
    std::stop_source stop;
    host.start(kRun, stopped_by(stop));
    stop.request_stop();
    REQUIRE(host.results.wait_for(1));
    CHECK_OUTCOME(host.results.items()[0], Outcome::kCanceled);
    CHECK(host.results.items()[0].usage.turns == 0);
    host.gate.open();
    REQUIRE(host.results.wait_for(2));
    CHECK(host->drain(kPatience));
    CHECK(host.notes.items().empty());
    CHECK(host.results.items().size() == 2);
  }

  TEST_CASE("cancel: a running invocation is ended") {
    TestHost host;
    host.install("export const run = async (_, { host }) => { await host.note('on'); for (;;); };");
    std::stop_source stop;
    host.start(kRun, stopped_by(stop));
    REQUIRE(host.notes.wait_for(1));
    stop.request_stop();
    REQUIRE(host.results.wait_for(1));
    CHECK_OUTCOME(host.results.items()[0], Outcome::kCanceled);
    CHECK(host->drain(kPatience));
    CHECK(host.results.items().size() == 1);
  }

  TEST_CASE(
      "cancel: an awaiting invocation is ended, its host call is told and a late answer dropped") {
    TestHost host;
    Collector<HostCall> calls;
    REQUIRE(host->register_async_function("slow", [&](const HostCall& call, HostCallAnswer answer) {
      calls.add(call);
      host.held.add(std::move(answer));
    }));
    host.install(
        "export const run = async (_, { host }) => { await host.slow(); host.note('x'); };");
    std::stop_source stop;
    host.start(kRun, stopped_by(stop));
    REQUIRE(host.held.wait_for(1));
    CHECK_FALSE(calls.items()[0].stop.stop_requested());
    stop.request_stop();
    REQUIRE(host.results.wait_for(1));
    CHECK_OUTCOME(host.results.items()[0], Outcome::kCanceled);
    CHECK(calls.items()[0].stop.stop_requested());
    host.held.items()[0].resolve("1");
    CHECK(host->drain(kPatience));
    CHECK(host.notes.items().empty());
    CHECK(host.results.items().size() == 1);
  }

  TEST_CASE("cancel: a stop requested before the call still gives one outcome") {
    TestHost host;
    host.install("export const run = () => 1;");
    std::stop_source stop;
    stop.request_stop();
    InvokeOptions options = stopped_by(stop);
    options.fallback = "0";
    const auto result = host.run(kRun, options);
    CHECK_OUTCOME(result, Outcome::kCanceled);
    CHECK(result.json == "0");
  }

  TEST_CASE("cancel: a stop after the end changes nothing") {
    TestHost host;
    host.install("export const run = () => 1;");
    std::stop_source stop;
    CHECK_ANSWER(host.run(kRun, stopped_by(stop)), "1");
    stop.request_stop();
    CHECK_ANSWER(host.run(), "1");
    CHECK(host.observer.finished.items().size() == 2);
  }

  TEST_CASE("cancel: the tenant's next invocation is not hit") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(R"(
      export const run = async (_, { host }) => { await host.note('on'); for (;;); };
      export const sum = () => { let n = 0; for (let i = 0; i < 1e5; i++) n += i; return n; };)",
                 {.events = {"run", "sum"}});
    for (int i = 0; i < 20; ++i) {
      std::stop_source stop;
      host.start(kRun, stopped_by(stop));
      REQUIRE(host.notes.wait_for(static_cast<std::size_t>(i) + 1));
      host.start({.tenant = "acme", .event = "sum"});
      stop.request_stop();
      REQUIRE(host.results.wait_for(2));
      for (const auto& result : host.results.take()) {
        CHECK_OUTCOME(result, result.event == "run" ? Outcome::kCanceled : Outcome::kOk);
      }
    }
  }
}

}  // namespace sublet::scenario
