// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("registry: list and listeners show what is installed, sorted") {
    TestHost host;
    host.install("export const a = () => 1; export const b = () => 2;",
                 {.name = "two", .events = {"b", "a"}}, "globex");
    host.install("export const a = () => 1;",
                 {.name = "one", .events = {"a"}, .realm = Realm::kFrozen}, "globex");
    host.install("export const a = () => 1;", {.events = {"a"}, .state = State::kTenant}, "acme");
    const auto all = host->list();
    REQUIRE(all.size() == 3);
    CHECK(all[0].tenant == "acme");
    CHECK(all[0].state == State::kTenant);
    CHECK(all[1].name == "one");
    CHECK(all[1].realm == Realm::kFrozen);
    CHECK(all[2].name == "two");
    CHECK(all[2].events == std::vector<std::string>{"a", "b"});
    CHECK(all[2].digest.size() == 64);
    CHECK(host->list("acme").size() == 1);
    CHECK(host->list("nobody").empty());
    CHECK(host->listeners("globex", "a") == std::vector<std::string>{"one", "two"});
    CHECK(host->listeners("globex", "b") == std::vector<std::string>{"two"});
    CHECK(host->listeners("globex", "c").empty());
    CHECK(host->listeners("nobody", "a").empty());
    CHECK(host->stats().tenants == 2);
    CHECK(host->stats().extensions == 3);
    CHECK(host.observer.installed.items().size() == 3);
  }

  TEST_CASE("registry: a new version answers from the next invocation on, an old one finishes") {
    TestHost host;
    host.install(
        "export const run = async (_, { host }) => { await host.held.call(); return 'v1'; };",
        {.version = "1.0.0"});
    host.start();
    REQUIRE(host.held.wait_for(1));
    const auto info = host.install("export const run = () => 'v2';", {.version = "2.0.0"});
    CHECK(info.revision == 2);
    const auto fresh = host.run();
    CHECK_ANSWER(fresh, "\"v2\"");
    CHECK(fresh.extension_version == "2.0.0");
    host.held.items()[0].resolve("");
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "\"v1\"");
    CHECK(host.results.items()[0].extension_version == "1.0.0");
  }

  TEST_CASE("registry: a new version of state tenant starts with fresh state") {
    TestHost host;
    const std::string code = "let n = 0; export const run = () => ++n;";
    host.install(code, {.state = State::kTenant});
    CHECK_ANSWER(host.run(), "1");
    CHECK_ANSWER(host.run(), "2");
    host.install(code, {.state = State::kTenant, .version = "1.0.1"});
    CHECK_ANSWER(host.run(), "1");
  }

  TEST_CASE("registry: uninstall lets what runs finish, and ends what is queued") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(
        "export const run = async (_, { host }) => { await host.gate.pass(); return 1; };");
    host.start();
    REQUIRE(host.gate.wait_entered(1));
    for (int i = 0; i < 3; ++i) host.start();
    REQUIRE(host->uninstall("acme", "ext"));
    REQUIRE(host.results.wait_for(3));
    for (const auto& result : host.results.take()) {
      CHECK_OUTCOME(result, Outcome::kHandlerNotFound);
    }
    host.gate.open();
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "1");
    CHECK_OUTCOME(host.run(), Outcome::kHandlerNotFound);
    CHECK(host->list().empty());
    CHECK(host.observer.removed.items().size() == 1);
  }

  TEST_CASE("registry: what is not there cannot be uninstalled, what was can come back") {
    TestHost host;
    host.install("export const run = () => 1;");
    for (const auto& [tenant, name] : {std::pair("acme", "other"), std::pair("nobody", "ext")}) {
      const auto result = host->uninstall(tenant, name);
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kNotFound);
    }
    REQUIRE(host->uninstall("acme", "ext"));
    CHECK_FALSE(host->uninstall("acme", "ext").has_value());
    host.install("export const run = () => 2;");
    CHECK_ANSWER(host.run(), "2");
  }

  TEST_CASE("registry: equal bundles have one digest, any difference another") {
    TestHost host;
    const std::string code = "export const run = () => 1;";
    const auto first = host.install(code, {}, "a");
    const auto same = host.install(code, {}, "b");
    const auto other = host.install(code + " ", {}, "c");
    const auto file = host.install(code, {.more_files = {{"x.js", ""}}}, "d");
    CHECK(first.digest == same.digest);
    CHECK(first.digest != other.digest);
    CHECK(first.digest != file.digest);
  }

  TEST_CASE("registry: many tenants of one bundle install and answer") {
    TestHost host;
    const Bundle bundle = make_bundle("export const run = (event) => event.tenant;");
    constexpr int kTenants = 200;
    for (int i = 0; i < kTenants; ++i) REQUIRE(host->install("t" + std::to_string(i), bundle));
    CHECK(host->stats().tenants == kTenants);
    for (int i = 0; i < kTenants; i += 37) {
      const std::string tenant = "t" + std::to_string(i);
      CHECK_ANSWER(host.run("", tenant), "\"" + tenant + "\"");
    }
  }
}

}  // namespace sublet::scenario
