// SPDX-License-Identifier: Apache-2.0
#include "support.h"

// Each limit in dry run: it is counted and told, and nothing is ended or refused by it.
namespace sublet::scenario {
namespace {

struct DryRun {
  Limit limit;
  const char* name;
  void (*tighten)(Limits&);
  const char* code;
  const char* answer;
};

const DryRun kDryRuns[] = {
    {Limit::kCpu, "cpu", [](Limits& limits) { limits.cpu_time = 5ms; },
     "export function run() { let n = 0; for (let i = 0; i < 3e8; i++) n += i % 7; return 'on'; }",
     "\"on\""},
    {Limit::kWall, "wall", [](Limits& limits) { limits.wall_time = 10ms; },
     "export const run = () => new Promise((f) => setTimeout(() => f('on'), 60));", "\"on\""},
    {Limit::kStartup, "startup", [](Limits& limits) { limits.startup_cpu_time = 5ms; },
     "let n = 0; for (let i = 0; i < 3e8; i++) n += i % 7;\nexport const run = () => 'on';",
     "\"on\""},
    {Limit::kHeap, "heap", [](Limits& limits) { limits.heap = Bytes::mebibytes(8); },
     "export function run() { const a = []; for (let i = 0; i < 4e5; i++) a.push({ i }); return "
     "'on'; }",
     "\"on\""},
    {Limit::kExternalMemory, "external memory",
     [](Limits& limits) { limits.external_memory = Bytes::mebibytes(1); },
     "export const run = () => new ArrayBuffer(4 << 20).byteLength >> 20;", "4"},
    {Limit::kPayload, "payload", [](Limits& limits) { limits.payload = Bytes{2}; },
     "export const run = (event) => event.data.length;", "1"},
    {Limit::kPayloadDepth, "payload depth", [](Limits& limits) { limits.payload_depth = 1; },
     "export const run = (event) => event.data.length;", "1"},
    {Limit::kResult, "result", [](Limits& limits) { limits.result = Bytes{2}; },
     "export const run = () => 'long answer';", "\"long answer\""},
    {Limit::kLogLines, "log lines", [](Limits& limits) { limits.log_lines = 1; },
     "export function run(e, { log }) { log(1); log(2); log(3); return 'on'; }", "\"on\""},
    {Limit::kLogLine, "log line", [](Limits& limits) { limits.log_line = Bytes{4}; },
     "export function run(e, { log }) { log('a long line'); return 'on'; }", "\"on\""},
    {Limit::kHostCalls, "host calls", [](Limits& limits) { limits.host_calls = 1; },
     "export async function run(e, { host }) { await host.echo(); await host.echo(); return 'on'; "
     "}",
     "\"on\""},
    {Limit::kPendingHostCalls, "pending host calls",
     [](Limits& limits) { limits.pending_host_calls = 1; },
     "export async function run(e, { host }) {"
     " await Promise.all([host.later(), host.later(), host.later()]); return 'on'; }",
     "\"on\""},
    {Limit::kTimers, "timers", [](Limits& limits) { limits.timers = 1; },
     "export const run = () => { for (let i = 0; i < 3; i++) setTimeout(() => {}, 1e6); return "
     "'on'; };",
     "\"on\""},
};

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("dry run: a limit that is reached is counted and told, and does not act") {
    for (const DryRun& dry : kDryRuns) {
      INFO(std::string(dry.name));
      auto policy = ample_policy();
      dry.tighten(policy.limits);
      policy.limits.dry_run = static_cast<LimitSet>(dry.limit);
      auto options = TestHost::two_workers();
      options.warm_contexts = 0;
      // Outlives the host, whose function adds to it.
      Collector<HostCallAnswer> waiting;
      TestHost host(policy, options);
      REQUIRE(host->register_async_function("later", [&](const HostCall&, HostCallAnswer answer) {
        waiting.add(std::move(answer));
        if (waiting.items().size() < 3) return;
        for (const auto& each : waiting.items()) each.resolve("1");
      }));
      host.install(dry.code);
      const auto result = host.run("[[1]]");
      CHECK_ANSWER(result, dry.answer);
      CHECK(contains(result.usage.limits_exceeded, dry.limit));
      bool told = false;
      for (const auto& reached : host.observer.reached.items()) {
        told |= reached.limit == dry.limit && reached.enforcement == Enforcement::kDryRun &&
                reached.tenant == "acme";
      }
      CHECK(told);
    }
  }

  TEST_CASE("dry run: of one limit weakens no other") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 50ms;
    policy.limits.dry_run = Limit::kWall | Limit::kHeap;
    TestHost host(policy);
    host.install("export const run = () => { for (;;); };");
    CHECK_OUTCOME(host.run(), Outcome::kExceededCpu);
  }

  TEST_CASE("dry run: all log lines are kept whole where both log limits only count") {
    auto policy = ample_policy();
    policy.limits.log_lines = 1;
    policy.limits.log_line = Bytes{4};
    policy.limits.dry_run = Limit::kLogLines | Limit::kLogLine;
    TestHost host(policy);
    host.install("export function run(e, { log }) { log('a long line'); log('and another'); }");
    const auto result = host.run();
    REQUIRE(result.logs.size() == 2);
    CHECK(result.logs[0].text == "a long line");
    CHECK(result.usage.log_lines_dropped == 0);
  }

  TEST_CASE("dry run: the queue and concurrency limits admit what they would refuse") {
    auto policy = ample_policy();
    policy.max_concurrency = 1;
    policy.max_queue = 1;
    policy.limits.dry_run = Limit::kConcurrency | Limit::kQueue;
    TestHost host(policy);
    host.install("export const run = (event, { host }) => host.held.call();");
    for (int i = 0; i < 5; ++i) host.start();
    REQUIRE(host.held.wait_for(5));
    for (const auto& answer : host.held.items()) answer.resolve("1");
    REQUIRE(host.results.wait_for(5));
    for (const auto& result : host.results.items()) CHECK_ANSWER(result, "1");
  }
}

}  // namespace sublet::scenario
