// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("deadline: the fallback is the answer of every outcome but ok") {
    TestHost host;
    host.install(
        "export const run = (event) => { if (event.data) throw new Error('x'); return 1; };");
    InvokeOptions options;
    options.fallback = R"({"allowed":true})";
    const Event good{.tenant = "acme", .event = "run"};
    const Event bad{.tenant = "acme", .event = "run", .payload = "true"};

    const auto answered = host.run(good, options);
    CHECK_ANSWER(answered, "1");
    CHECK_FALSE(answered.used_fallback);
    for (const Event& event : {bad, Event{.tenant = "acme", .event = "none"}}) {
      const auto result = host.run(event, options);
      CHECK_FALSE(result.ok());
      CHECK(result.used_fallback);
      CHECK(result.json == R"({"allowed":true})");
      CHECK(result.error.has_value());
    }
    const auto without = host.run(bad);
    CHECK_FALSE(without.used_fallback);
  }

  TEST_CASE("deadline: a fallback that is no JSON is refused") {
    TestHost host;
    host.install("export const run = () => 1;");
    InvokeOptions options;
    options.fallback = "{not json";
    const auto result = host->invoke({.tenant = "acme", .event = "run"}, options);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::kInvalidArgument);
    CHECK(result.error().message.find("fallback") != std::string::npos);
  }

  TEST_CASE("deadline: a caller is answered at its deadline while the invocation awaits") {
    TestHost host;
    host.install("export const run = async (_, { host }) => host.held.call();");
    InvokeOptions options;
    options.deadline = 50ms;
    options.fallback = "\"late\"";
    const auto result = host.run(Event{.tenant = "acme", .event = "run"}, options);
    CHECK_OUTCOME(result, Outcome::kExceededWallTime);
    CHECK(result.json == "\"late\"");
    CHECK(result.usage.wall_time >= 0ns);
  }

  TEST_CASE("deadline: a caller is answered at its deadline while the invocation spins") {
    TestHost host;
    host.install("export const run = () => { for (;;); };");
    InvokeOptions options;
    options.deadline = 50ms;
    options.fallback = "\"late\"";
    const auto result = host.run(Event{.tenant = "acme", .event = "run"}, options);
    CHECK_OUTCOME(result, Outcome::kExceededWallTime);
    CHECK(result.used_fallback);
  }

  TEST_CASE("deadline: what cannot start before its deadline expires") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install("export const run = async (_, { host }) => host.gate.pass();");
    host.start();
    REQUIRE(host.gate.wait_entered(1));
    InvokeOptions options;
    options.deadline = 30ms;
    options.fallback = "\"late\"";
    const auto result = host.run(Event{.tenant = "acme", .event = "run"}, options);
    CHECK_OUTCOME(result, Outcome::kExpired);
    CHECK(result.used_fallback);
    CHECK(result.usage.turns == 0);
    CHECK(result.usage.queue_time >= 30ms);
    host.gate.open();
    REQUIRE(host.results.wait_for(1));
    CHECK_ANSWER(host.results.items()[0], "null");
  }

  TEST_CASE("deadline: without one, what waits longer than queue_time expires") {
    auto policy = ample_policy();
    policy.queue_time = 30ms;
    TestHost host(policy, TestHost::workers(1));
    host.install("export const run = async (_, { host }) => host.gate.pass();");
    host.start();
    REQUIRE(host.gate.wait_entered(1));
    CHECK_OUTCOME(host.run(), Outcome::kExpired);
  }

  TEST_CASE("deadline: a payload that is not JSON, too large or too deep is refused before V8") {
    auto policy = ample_policy();
    policy.limits.payload = Bytes{32};
    policy.limits.payload_depth = 3;
    TestHost host(policy);
    host.install("export const run = (event) => event.data;");
    CHECK_ANSWER(host.run("[[[1]]]"), "[[[1]]]");
    const struct {
      const char* payload;
      const char* named;
    } wrong[] = {{"{", "payload"},
                 {"[1] 2", "payload"},
                 {"\"\xff\"", "payload"},
                 {"[[[[1]]]]", "payload_depth"},
                 {"\"0123456789012345678901234567890\"", "payload"}};
    for (const auto& each : wrong) {
      INFO(std::string(each.payload));
      const auto result = host->invoke({.tenant = "acme", .event = "run", .payload = each.payload});
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kInvalidArgument);
      CHECK_MESSAGE(result.error().message.find(each.named) != std::string::npos,
                    result.error().message);
    }
    CHECK(host.observer.finished.items().size() == 1);
  }

  TEST_CASE("deadline: a wrong name, or two listeners and none named, is refused") {
    TestHost host;
    host.install("export const run = () => 1;", {.name = "one"});
    host.install("export const run = () => 2;", {.name = "two"});
    const auto both = host->invoke({.tenant = "acme", .event = "run"});
    REQUIRE_FALSE(both.has_value());
    CHECK(both.error().code == ErrorCode::kInvalidArgument);
    CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "run", .extension = "two"}), "2");
    for (const Event& event :
         {Event{.tenant = "", .event = "run"}, Event{.tenant = "a b", .event = "run"},
          Event{.tenant = std::string(129, 'a'), .event = "run"},
          Event{.tenant = "acme", .event = ""},
          Event{.tenant = "acme", .event = std::string(129, 'a')}}) {
      const auto result = host->invoke(event);
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kInvalidArgument);
    }
  }
}

}  // namespace sublet::scenario
