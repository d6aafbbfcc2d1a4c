// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {
namespace {

HostOptions small_budget() {
  auto options = TestHost::two_workers();
  options.memory_budget = Bytes::mebibytes(24);
  options.warm_isolates = 1;
  return options;
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("eviction: idle isolates go to stay within the budget, and their tenants come back") {
    TestHost host(ample_policy(), small_budget());
    const Bundle bundle = make_bundle("let n = 0; export const run = (e) => [e.tenant, ++n];",
                                      {.state = State::kTenant});
    constexpr int kTenants = 60;
    for (int i = 0; i < kTenants; ++i) {
      const std::string tenant = "t" + std::to_string(i);
      REQUIRE(host->install(tenant, bundle));
      CHECK_ANSWER(host.run("", tenant), Json({tenant, 1}).dump());
    }
    const HostStats stats = host->stats();
    CHECK(stats.isolates_evicted > 0);
    CHECK(stats.isolates < kTenants);
    CHECK(stats.isolate_memory <= Bytes::mebibytes(32));
    CHECK(stats.tenants == kTenants);
    CHECK(stats.extensions == kTenants);
    // The first tenant's isolate went first; it starts anew with the same answer as then.
    CHECK_ANSWER(host.run("", "t0"), R"(["t0",1])");
  }

  TEST_CASE("eviction: the observer is told, and an isolate in use stays") {
    TestHost host(ample_policy(), small_budget());
    host.install(R"(
      let kept = "first";
      export const run = async (e, { host }) => { await host.held.call(); return kept; };)",
                 {.state = State::kTenant}, "busy");
    host.start({.tenant = "busy", .event = "run"});
    REQUIRE(host.held.wait_for(1));
    const Bundle bundle = make_bundle("export const run = () => 1;");
    for (int i = 0; i < 60; ++i) {
      const std::string tenant = "t" + std::to_string(i);
      REQUIRE(host->install(tenant, bundle));
      CHECK_ANSWER(host.run("", tenant), "1");
    }
    bool evicted = false;
    for (const IsolateEnd end : host.observer.ended.items()) evicted |= end == IsolateEnd::kEvicted;
    CHECK(evicted);
    host.held.items()[0].resolve("");
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "\"first\"");
  }

  TEST_CASE("eviction: memory that tenants let go of is given back") {
    TestHost host;
    host.install(R"(
      export function run() {
        const all = [];
        for (let i = 0; i < 2e5; i++) all.push({ i, text: "t" + i });
        return all.length;
      })");
    CHECK_ANSWER(host.run(), "200000");
    REQUIRE(host->uninstall("acme", "ext"));
    host.install("export const run = () => 1;", {}, "globex");
    CHECK_ANSWER(host.run("", "globex"), "1");
    CHECK(host->stats().isolate_memory < Bytes::mebibytes(64));
  }
}

}  // namespace sublet::scenario
