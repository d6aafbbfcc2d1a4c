// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("policy: a change holds from the next invocation on") {
    TestHost host;
    host.install("export const run = (_, { limits }) => limits.remaining().hostCalls;");
    auto policy = ample_policy();
    for (const std::uint32_t calls : {5u, 50u, 7u}) {
      policy.limits.host_calls = calls;
      REQUIRE(host->set_policy("acme", policy));
      CHECK_ANSWER(host.run(), std::to_string(calls));
    }
    REQUIRE(host->set_policy("acme", std::nullopt));
    CHECK_ANSWER(host.run(), std::to_string(ample_policy().limits.host_calls));
  }

  TEST_CASE("policy: an invocation under way keeps the policy it began with") {
    TestHost host;
    host.install(R"(
      export async function run(event, { host, limits }) {
        await host.held.call();
        return limits.remaining().hostCalls;
      })");
    host.start();
    REQUIRE(host.held.wait_for(1));
    auto policy = ample_policy();
    policy.limits.host_calls = 1;
    REQUIRE(host->set_policy("acme", policy));
    host.held.items()[0].resolve("");
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], std::to_string(ample_policy().limits.host_calls - 1));
  }

  TEST_CASE("policy: a smaller heap replaces the isolate") {
    TestHost host;
    host.install(R"(
      export function run(event) {
        const all = [];
        for (let i = 0; i < 4e5; i++) all.push({ i });
        return all.length;
      })");
    CHECK_ANSWER(host.run(), "400000");
    auto policy = ample_policy();
    policy.limits.heap = Bytes::mebibytes(8);
    REQUIRE(host->set_policy("acme", policy));
    CHECK_OUTCOME(host.run(), Outcome::kExceededMemory);
    REQUIRE(host->set_policy("acme", std::nullopt));
    CHECK_ANSWER(host.run(), "400000");
  }

  TEST_CASE("policy: one that is out of range is refused by field and range, and changes nothing") {
    TestHost host;
    host.install("export const run = () => 1;");
    const struct {
      const char* field;
      void (*spoil)(TenantPolicy&);
    } wrong[] = {
        {"cpu_time", [](TenantPolicy& p) { p.limits.cpu_time = 0ms; }},
        {"cpu_time", [](TenantPolicy& p) { p.limits.cpu_time = 61s; }},
        {"soft_cpu_time", [](TenantPolicy& p) { p.limits.soft_cpu_time = 30s; }},
        {"wall_time", [](TenantPolicy& p) { p.limits.wall_time = 2h; }},
        {"startup_cpu_time", [](TenantPolicy& p) { p.limits.startup_cpu_time = 0ms; }},
        {"heap", [](TenantPolicy& p) { p.limits.heap = Bytes::mebibytes(1); }},
        {"external_memory",
         [](TenantPolicy& p) { p.limits.external_memory = Bytes::mebibytes(8192); }},
        {"stack", [](TenantPolicy& p) { p.limits.stack = Bytes::mebibytes(2); }},
        {"payload", [](TenantPolicy& p) { p.limits.payload = Bytes::mebibytes(512); }},
        {"payload_depth", [](TenantPolicy& p) { p.limits.payload_depth = 0; }},
        {"result", [](TenantPolicy& p) { p.limits.result = Bytes::mebibytes(512); }},
        {"log_lines", [](TenantPolicy& p) { p.limits.log_lines = 1u << 20; }},
        {"log_line", [](TenantPolicy& p) { p.limits.log_line = Bytes::mebibytes(2); }},
        {"host_calls", [](TenantPolicy& p) { p.limits.host_calls = 2'000'000; }},
        {"pending_host_calls", [](TenantPolicy& p) { p.limits.pending_host_calls = 20'000; }},
        {"timers", [](TenantPolicy& p) { p.limits.timers = 20'000; }},
        {"weight", [](TenantPolicy& p) { p.weight = 0; }},
        {"max_concurrency", [](TenantPolicy& p) { p.max_concurrency = 0; }},
        {"max_queue", [](TenantPolicy& p) { p.max_queue = 2'000'000; }},
        {"queue_time", [](TenantPolicy& p) { p.queue_time = 0ms; }},
        {"host_functions", [](TenantPolicy& p) { p.host_functions = {"not a name"}; }},
    };
    for (const auto& each : wrong) {
      INFO(std::string(each.field));
      auto policy = ample_policy();
      each.spoil(policy);
      const auto result = host->set_policy("acme", policy);
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kInvalidArgument);
      CHECK_MESSAGE(result.error().message.find(each.field) != std::string::npos,
                    result.error().message);
      CHECK_FALSE(validate(policy).has_value());
    }
    CHECK_ANSWER(host.run(), "1");
  }

  TEST_CASE("policy: wrong host options are refused by name") {
    HostOptions workers;
    workers.workers = 257;
    HostOptions isolates;
    isolates.warm_isolates = 65;
    HostOptions contexts;
    contexts.warm_contexts = 65;
    HostOptions policy;
    policy.default_policy.weight = 0;
    const std::pair<HostOptions*, const char*> wrong[] = {{&workers, "workers"},
                                                          {&isolates, "warm_isolates"},
                                                          {&contexts, "warm_contexts"},
                                                          {&policy, "weight"}};
    for (const auto& each : wrong) {
      INFO(std::string(each.second));
      const auto host = ExtensionHost::create(*each.first);
      REQUIRE_FALSE(host.has_value());
      CHECK(host.error().code == ErrorCode::kInvalidArgument);
      CHECK_MESSAGE(host.error().message.find(each.second) != std::string::npos,
                    host.error().message);
    }
  }
}

}  // namespace sublet::scenario
