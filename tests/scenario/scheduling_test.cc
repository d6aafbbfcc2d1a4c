// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "support.h"

namespace sublet::scenario {
namespace {

// Holds the only worker in a gate, so that what is started meanwhile queues in a known state.
void hold_worker(TestHost& host) {
  host.install("export const hold = (event, { host }) => host.gate.pass();",
               {.name = "holder", .events = {"hold"}}, "holder");
  host.start({.tenant = "holder", .event = "hold"});
  REQUIRE(host.gate.wait_entered(1));
}

constexpr const char* kNoteTenant =
    "export const run = (event, { host }) => host.note(event.tenant);";

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("scheduling: a tenant with a long queue does not make another one wait for it") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(kNoteTenant, {}, "many");
    host.install(kNoteTenant, {}, "one");
    hold_worker(host);
    for (int i = 0; i < 50; ++i) host.start({.tenant = "many", .event = "run"});
    host.start({.tenant = "one", .event = "run"});
    host.gate.open();
    REQUIRE(host.results.wait_for(52));
    const auto notes = host.notes.items();
    REQUIRE(notes.size() == 51);
    const auto at = std::find(notes.begin(), notes.end(), "one") - notes.begin();
    CHECK(at < 40);
  }

  TEST_CASE("scheduling: CPU time is shared by weight") {
    auto light = ample_policy();
    light.weight = 100;
    auto heavy = ample_policy();
    heavy.weight = 400;
    TestHost host(ample_policy(), TestHost::workers(1));
    REQUIRE(host->set_policy("light", light));
    REQUIRE(host->set_policy("heavy", heavy));
    const char* code = R"(
      export async function run(event, { host }) {
        let n = 0;
        for (let i = 0; i < 2e6; i++) n += i % 7;
        await host.note(event.tenant);
      })";
    host.install(code, {}, "light");
    host.install(code, {}, "heavy");
    hold_worker(host);
    constexpr int kEach = 100;
    for (int i = 0; i < kEach; ++i) {
      host.start({.tenant = "light", .event = "run"});
      host.start({.tenant = "heavy", .event = "run"});
    }
    host.gate.open();
    REQUIRE(host.results.wait_for(2 * kEach + 1));
    // Until the heavy tenant's queue is empty, it gets about four turns for each of the other's.
    const auto notes = host.notes.items();
    REQUIRE(notes.size() == 2 * kEach);
    const auto heavy_in_first_half = std::count(notes.begin(), notes.begin() + kEach, "heavy");
    CHECK(heavy_in_first_half > kEach * 6 / 10);
    CHECK(heavy_in_first_half < kEach * 95 / 100);
  }

  TEST_CASE("scheduling: an awaiting invocation holds no worker") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(R"(
      export const wait = (event, { host }) => host.held.call();
      export const run = () => "quick";)",
                 {.events = {"wait", "run"}});
    for (int i = 0; i < 10; ++i) host.start({.tenant = "acme", .event = "wait"});
    REQUIRE(host.held.wait_for(10));
    CHECK_ANSWER(host.run(), "\"quick\"");
    CHECK(host->stats().invocations_awaiting == 10);
    for (const auto& answer : host.held.items()) answer.resolve("1");
    REQUIRE(host.results.wait_for(10));
  }

  TEST_CASE(
      "scheduling: no more than max_concurrency of a tenant are in flight, awaiting included") {
    auto policy = ample_policy();
    policy.max_concurrency = 3;
    TestHost host(policy);
    host.install("export const run = (event, { host }) => host.held.call();");
    for (int i = 0; i < 10; ++i) host.start();
    std::size_t answered = 0;
    while (answered < 10) {
      REQUIRE(host.held.wait_for(1));
      const auto held = host.held.take();
      CHECK(host->stats().invocations_awaiting <= 3);
      for (const auto& answer : held) answer.resolve("1");
      answered += held.size();
      REQUIRE(host.results.wait_for(answered));
    }
    for (const auto& result : host.results.items()) CHECK_ANSWER(result, "1");
  }

  TEST_CASE("scheduling: past max_queue a tenant's invocations are shed, and only its own") {
    auto policy = ample_policy();
    policy.max_queue = 5;
    TestHost host(ample_policy(), TestHost::workers(1));
    REQUIRE(host->set_policy("acme", policy));
    host.install("export const run = () => 1;");
    host.install("export const run = () => 2;", {}, "globex");
    hold_worker(host);
    for (int i = 0; i < 8; ++i) host.start();
    REQUIRE(host.results.wait_for(3));
    for (const auto& result : host.results.take()) {
      CHECK_OUTCOME(result, Outcome::kLoadShed);
      CHECK(contains(result.usage.limits_exceeded, Limit::kQueue));
      CHECK(result.usage.turns == 0);
    }
    host.start({.tenant = "globex", .event = "run"});
    host.gate.open();
    REQUIRE(host.results.wait_for(7));
    for (const auto& result : host.results.items()) CHECK_MESSAGE(result.ok(), describe(result));
  }

  TEST_CASE("scheduling: max_queue 0 still runs what finds a free worker") {
    auto policy = ample_policy();
    policy.max_queue = 0;
    TestHost host(policy);
    host.install("export const run = () => 1;");
    for (int i = 0; i < 5; ++i) CHECK_ANSWER(host.run(), "1");
  }

  TEST_CASE("scheduling: a tenant that spins at its limit leaves the others their turns") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 30ms;
    TestHost host(ample_policy(), TestHost::workers(1));
    REQUIRE(host->set_policy("bad", policy));
    host.install("export const run = () => { for (;;); };", {}, "bad");
    host.install("export const run = () => 'good';", {}, "good");
    for (int i = 0; i < 20; ++i) host.start({.tenant = "bad", .event = "run"});
    for (int i = 0; i < 10; ++i) CHECK_ANSWER(host.run("", "good"), "\"good\"");
    // Ten answers came while most of the spinning tenant's queue was still waiting.
    CHECK(host.results.items().size() < 18);
    REQUIRE(host.results.wait_for(20));
    for (const auto& result : host.results.items()) CHECK_OUTCOME(result, Outcome::kExceededCpu);
  }
}

}  // namespace sublet::scenario
