// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {
namespace {

// Work whose CPU time is well above a few milliseconds on any machine.
constexpr const char* kBurn = "let n = 0; for (let i = 0; i < 3e8; i++) n += i % 7;";

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("limits: CPU time ends every ordinary way to spin, and the tenant goes on") {
    const char* programs[] = {
        "for (;;);",
        "while (true) { try { throw 1; } catch {} }",
        "for (;;) { try { for (;;); } finally { continue; } }",
        "const f = () => f2(); const f2 = () => { for (;;) [1, 2, 3].map(String); }; f();",
        "for (;;) Promise.resolve().then(() => 1);",
        "return (async () => { for (;;) await null; })();",
        "const again = () => queueMicrotask(again); again(); return new Promise(() => {});",
        "const again = () => Promise.resolve().then(again); again(); return 1;",
        "for (const x of (function* () { for (;;) yield 1; })()) x;",
        "/^((a+)+)\\2c$/.test('a'.repeat(60));",
        "return { toJSON() { for (;;); } };",
        "return { get x() { for (;;); } };",
        "throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } });",
        "return { then() { for (;;); } };",
        "for (;;) JSON.parse('[1,2,3]');",
        "console.log({ get x() { return 1; }, toString() { for (;;); } }); for (;;);",
    };
    auto policy = ample_policy();
    policy.limits.cpu_time = 60ms;
    policy.limits.heap = Bytes::mebibytes(256);
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      CAPTURE(static_cast<int>(realm));
      TestHost host(policy);
      host.install("export const run = () => 'good';", {.name = "good"});
      for (const char* program : programs) {
        INFO(std::string(program));
        host.install("export function spin() { " + std::string(program) + " }",
                     {.name = "bad", .events = {"spin"}, .realm = realm});
        const auto result = host.run(Event{.tenant = "acme", .event = "spin"});
        CHECK_OUTCOME(result, Outcome::kExceededCpu);
        CHECK(contains(result.usage.limits_exceeded, Limit::kCpu));
        CHECK(result.usage.cpu_time >= 60ms);
        CHECK_ANSWER(host.run(), "\"good\"");
      }
      CHECK(host->stats().isolates_abandoned == 0);
    }
  }

  TEST_CASE("limits: CPU time is summed over the turns of an invocation") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 60ms;
    TestHost host(policy);
    host.install(R"(
      export async function run(event, { host }) {
        for (;;) { for (let i = 0; i < 1e5; i++); await new Promise((f) => setTimeout(f, 0)); }
      })");
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kExceededCpu);
    CHECK(result.usage.turns > 2);
  }

  TEST_CASE("limits: wall time runs through awaits and takes no CPU") {
    auto policy = ample_policy();
    policy.limits.wall_time = 60ms;
    const char* programs[] = {
        "new Promise((f) => setTimeout(f, 1e6))",
        "host.held.call()",
        "(async () => { for (;;) await new Promise((f) => setTimeout(f, 5)); })()",
    };
    TestHost host(policy);
    for (const char* program : programs) {
      INFO(std::string(program));
      host.install("export const run = (event, { host }) => " + std::string(program) + ";");
      const auto result = host.run();
      CHECK_OUTCOME(result, Outcome::kExceededWallTime);
      CHECK(contains(result.usage.limits_exceeded, Limit::kWall));
      CHECK(result.usage.wall_time >= 60ms);
      CHECK(result.usage.cpu_time < result.usage.wall_time);
    }
  }

  TEST_CASE("limits: a promise that nothing can settle ends without waiting for the wall limit") {
    TestHost host;
    const auto begun = std::chrono::steady_clock::now();
    for (const char* program : {"new Promise(() => {})", "({ then() {} })",
                                "(async () => { await new Promise(() => {}); })()"}) {
      INFO(std::string(program));
      host.install("export const run = () => " + std::string(program) + ";");
      const auto result = host.run();
      CHECK_FALSE(result.ok());
      CHECK(result.error.has_value());
    }
    CHECK(std::chrono::steady_clock::now() - begun < ample_policy().limits.wall_time);
  }

  TEST_CASE("limits: a soft CPU limit tells the tenant once, which may finish early") {
    auto policy = ample_policy();
    policy.limits.soft_cpu_time = 20ms;
    TestHost host(policy);
    host.install(R"(
      export async function run(event, { limits }) {
        let told = 0;
        limits.signal.addEventListener("abort", () => told++);
        let rounds = 0;
        while (!limits.signal.aborted) {
          rounds++;
          for (let i = 0; i < 1e5; i++);
          await new Promise((done) => setTimeout(done, 0));
        }
        return { told, early: rounds > 0 };
      })");
    const auto result = host.run();
    CHECK_ANSWER(result, R"({"told":1,"early":true})");
    CHECK(contains(result.usage.limits_exceeded, Limit::kCpuSoft));
    CHECK_FALSE(contains(result.usage.limits_exceeded, Limit::kCpu));
    const auto reached = host.observer.reached.items();
    REQUIRE(reached.size() == 1);
    CHECK(reached[0].tenant == "acme");
    CHECK(reached[0].limit == Limit::kCpuSoft);
  }

  TEST_CASE("limits: startup code is charged apart, at run time too") {
    auto policy = ample_policy();
    auto options = TestHost::two_workers();
    options.warm_contexts = 0;
    TestHost host(policy, options);
    host.install(std::string(kBurn) + "\nexport const run = () => 1;");
    const auto good = host.run();
    CHECK_ANSWER(good, "1");
    CHECK(good.usage.cold);
    policy.limits.startup_cpu_time = 5ms;
    REQUIRE(host->set_policy("acme", policy));
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kExceededCpu);
    CHECK(contains(result.usage.limits_exceeded, Limit::kStartup));
  }

  TEST_CASE("limits: the invocation after one that was ended is never hit") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 20ms;
    TestHost host(policy, TestHost::workers(1));
    host.install(R"(
      export const spin = () => { for (;;); };
      export const run = () => { let n = 0; for (let i = 0; i < 1000; i++) n += i; return n; };)",
                 {.events = {"spin", "run"}});
    for (int i = 0; i < 20; ++i) {
      CHECK_OUTCOME(host.run(Event{.tenant = "acme", .event = "spin"}), Outcome::kExceededCpu);
      CHECK_ANSWER(host.run(), "499500");
    }
  }
}

}  // namespace sublet::scenario
