// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("limits: a result may have exactly its limit of UTF-8 bytes") {
    auto policy = ample_policy();
    policy.limits.result = Bytes{100};
    TestHost host(policy);
    host.install("export const run = (event) => event.data.text.repeat(event.data.times);");
    CHECK(host.run(R"({"text":"a","times":98})").ok());
    CHECK(host.run(R"({"text":"ü","times":49})").ok());
    for (const char* payload : {R"({"text":"a","times":99})", R"({"text":"ü","times":50})",
                                R"({"text":"日","times":33})", R"({"text":"a","times":1000000})"}) {
      INFO(std::string(payload));
      const auto result = host.run(payload);
      CHECK_OUTCOME(result, Outcome::kInvalidResult);
      CHECK(contains(result.usage.limits_exceeded, Limit::kResult));
      CHECK(result.json.empty());
    }
  }

  TEST_CASE("limits: text in any writing passes both ways unchanged") {
    TestHost host;
    host.install("export const run = (event) => event.data;");
    for (const char* text : {"\"ASCII\"", "\"Grüße\"", "\"日本語\"", "\"😀\"", "\"a\\u0000b\"",
                             "\"\\ud800\"", "\"\\u2028\"", "[\"é\",\"e\u0301\"]"}) {
      INFO(std::string(text));
      const auto result = host.run(text);
      REQUIRE(result.ok());
      // A lone surrogate is no text to other JSON readers.
      if (std::string(text).find("ud800") != std::string::npos) {
        CHECK(result.json == text);
      } else {
        CHECK(Json::parse(result.json) == Json::parse(text));
      }
    }
  }

  TEST_CASE("limits: log lines past their number are dropped and counted, long ones are cut") {
    auto policy = ample_policy();
    policy.limits.log_lines = 5;
    policy.limits.log_line = Bytes{10};
    TestHost host(policy);
    host.install(R"(
      export function run(event, { log }) {
        log("ääääää"); log("0123456789"); log("01234567890");
        for (let i = 0; i < 100; i++) console.log(i);
        return "on";
      })");
    const auto result = host.run();
    CHECK_ANSWER(result, "\"on\"");
    REQUIRE(result.logs.size() == 5);
    CHECK(result.logs[0].text.size() <= 10);
    CHECK(result.logs[0].text.substr(0, 2) == "ä");
    CHECK(result.logs[0].text.size() % 2 == 0);
    CHECK(result.logs[1].text == "0123456789");
    CHECK(result.logs[2].text.size() <= 10);
    CHECK(result.usage.log_lines_dropped == 98);
    CHECK(contains(result.usage.limits_exceeded, Limit::kLogLines));
    CHECK(contains(result.usage.limits_exceeded, Limit::kLogLine));
  }

  TEST_CASE("limits: one host call too many rejects, and ends the invocation unless caught") {
    auto policy = ample_policy();
    policy.limits.host_calls = 3;
    TestHost host(policy);
    host.install(R"(
      export async function run(event, { host }) {
        let done = 0;
        try { for (;;) { await host.echo(); done++; } } catch (error) { return [done, error.name]; }
      })");
    const auto caught = host.run();
    CHECK_ANSWER(caught, R"([3,"Error"])");
    CHECK(contains(caught.usage.limits_exceeded, Limit::kHostCalls));
    CHECK(caught.usage.host_calls == 3);
    host.install("export async function run(e, { host }) { for (;;) await host.echo(); }");
    CHECK_OUTCOME(host.run(), Outcome::kExceededHostCalls);
  }

  TEST_CASE("limits: host calls under way at once are bounded") {
    auto policy = ample_policy();
    policy.limits.pending_host_calls = 4;
    TestHost host(policy);
    host.install(R"(
      export async function run(event, { host }) {
        const all = Array.from({ length: 10 }, () => host.held.call());
        const refused = (await Promise.allSettled(all.slice(4))).map((one) => one.status);
        return refused.filter((status) => status === "rejected").length;
      })");
    const auto result = host.run();
    CHECK_ANSWER(result, "6");
    CHECK(contains(result.usage.limits_exceeded, Limit::kPendingHostCalls));
    CHECK(host.held.items().size() == 4);
  }

  TEST_CASE("limits: timers alive at once are bounded") {
    auto policy = ample_policy();
    policy.limits.timers = 4;
    TestHost host(policy);
    host.install(R"(
      export function run() {
        let made = 0;
        try { for (;;) { setTimeout(() => {}, 1e6); made++; } } catch (error) { return made; }
      })");
    const auto result = host.run();
    CHECK_ANSWER(result, "4");
    CHECK(contains(result.usage.limits_exceeded, Limit::kTimers));
    host.install(R"(
      export function run() {
        for (let i = 0; i < 100; i++) clearTimeout(setTimeout(() => {}, 1e6));
        return "on";
      })");
    CHECK_ANSWER(host.run(), "\"on\"");
  }

  TEST_CASE("limits: a host function's arguments and answer are bounded like a payload") {
    auto policy = ample_policy();
    policy.limits.payload = Bytes::kibibytes(1);
    policy.limits.payload_depth = 4;
    TestHost host(policy);
    REQUIRE(host->register_function("deep", [](const HostCall&) {
      return Result<std::string>(std::string(10, '[') + std::string(10, ']'));
    }));
    for (const char* call :
         {"host.echo('x'.repeat(2000))", "host.echo([[[[[1]]]]])", "host.deep()"}) {
      INFO(std::string(call));
      host.install("export const run = (event, { host }) => " + std::string(call) +
                   ".then(() => 'in', (error) => error.name);");
      CHECK_ANSWER(host.run(), "\"Error\"");
    }
  }

  TEST_CASE("limits: a flood of host calls is delivered without hurting another tenant") {
    auto policy = ample_policy();
    policy.limits.host_calls = 100'000;
    TestHost host(policy);
    host.install(R"(
      export async function run(event, { host }) {
        let n = 0;
        for (let i = 0; i < 2000; i++) n += (await host.echo(1))[0];
        return n;
      })");
    host.install("export const run = () => 'good';", {}, "globex");
    host.start();
    for (int i = 0; i < 20; ++i) CHECK_ANSWER(host.run("", "globex"), "\"good\"");
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "2000");
  }
}

}  // namespace sublet::scenario
