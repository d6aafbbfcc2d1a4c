// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("tenants: equal bundles of two tenants share nothing, whatever the form of state") {
    for (const State state : {State::kInvocation, State::kTenant}) {
      for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
        if (state == State::kTenant && realm == Realm::kFrozen) continue;
        TestHost host;
        const Spec spec{.state = state, .realm = realm};
        const std::string code = R"(
          const secrets = [];
          export function run(event) {
            const seen = [...secrets, globalThis.secret, Array.prototype.secret, RegExp.$1]
              .filter((secret) => secret && secret !== event.tenant);
            secrets.push(event.tenant);
            /(.*)/.exec(event.tenant);
            try { globalThis.secret = Array.prototype.secret = event.tenant; } catch {}
            return seen;
          })";
        const auto first = host.install(code, spec, "acme");
        const auto second = host.install(code, spec, "globex");
        CHECK(first.digest == second.digest);
        for (int i = 0; i < 5; ++i) {
          CHECK_ANSWER(host.run("", "acme"), "[]");
          CHECK_ANSWER(host.run("", "globex"), "[]");
        }
      }
    }
  }

  TEST_CASE("tenants: two extensions of a tenant keep their state apart") {
    TestHost host;
    for (const char* name : {"one", "two"}) {
      host.install(
          "let n = 0; export const run = () => (globalThis.n = (globalThis.n ?? 0) + 1) + n++;",
          {.name = name, .state = State::kTenant});
    }
    for (const char* expected : {"1", "3", "5"}) {
      CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "run", .extension = "one"}), expected);
      CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "run", .extension = "two"}), expected);
    }
  }

  TEST_CASE("tenants: a host function learns the caller from the host, not from the caller") {
    TestHost host;
    REQUIRE(host->register_function("whoami", [](const HostCall& call) {
      return Result<std::string>(Json({call.tenant, call.extension, call.event_id}).dump());
    }));
    const std::string code = "export const run = (e, { host }) => host.whoami({ tenant: 'acme' });";
    host.install(code, {}, "acme");
    host.install(code, {.name = "other"}, "globex");
    for (const auto& [tenant, extension] :
         {std::pair("acme", "ext"), std::pair("globex", "other")}) {
      const auto result = host.run(Event{.tenant = tenant, .event = "run", .id = "e"});
      CHECK_ANSWER(result, Json({tenant, extension, "e"}).dump());
    }
  }

  TEST_CASE("tenants: the death of one tenant's isolate is no other's business") {
    auto policy = ample_policy();
    policy.limits.heap = Bytes::mebibytes(16);
    TestHost host(policy);
    host.install("export const run = () => { const a = []; for (;;) a.push({ a }); };", {}, "bad");
    host.install("let n = 0; export const run = () => ++n;", {.state = State::kTenant}, "good");
    for (int i = 1; i <= 5; ++i) {
      CHECK_OUTCOME(host.run("", "bad"), Outcome::kExceededMemory);
      CHECK_ANSWER(host.run("", "good"), std::to_string(i));
    }
    CHECK(host.observer.wait_for_lost_isolates(5));
  }

  TEST_CASE("tenants: ids that differ only in case or punctuation are different tenants") {
    TestHost host;
    for (const char* tenant : {"a.b", "a-b", "a:b", "A.b", "a_b"}) {
      host.install("export const run = (event) => event.tenant;", {}, tenant);
    }
    CHECK(host->stats().tenants == 5);
    for (const char* tenant : {"a.b", "a-b", "a:b", "A.b", "a_b"}) {
      CHECK_ANSWER(host.run("", tenant), Json(tenant).dump());
    }
  }
}

}  // namespace sublet::scenario
