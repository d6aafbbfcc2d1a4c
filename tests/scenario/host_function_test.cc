// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <thread>

#include "support.h"

namespace sublet::scenario {
namespace {

// Answers what the call did: its value, or name and message of its error.
std::string attempt(const std::string& call) {
  return "export const run = async (event, { host }) => { try { return [await " + call +
         "]; } catch (e) { return { name: e.name, message: e.message, is: e instanceof Error }; } "
         "};";
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("host function: arguments go out and the answer comes in, as JSON") {
    TestHost host;
    host.install("export const run = (event, { host }) => host.echo(event.data, [1, null], 'ü');");
    const auto result = host.run(R"({"a":[true,1.5,"日本"]})");
    CHECK_ANSWER(result, R"([{"a":[true,1.5,"日本"]},[1,null],"ü"])");
    CHECK(result.usage.host_calls == 1);
  }

  TEST_CASE("host function: an empty answer is undefined") {
    TestHost host;
    host.install("export const run = async (e, { host }) => (await host.note('x')) === undefined;");
    CHECK_ANSWER(host.run(), "true");
    CHECK(host.notes.items() == std::vector<std::string>{"x"});
  }

  TEST_CASE(
      "host function: an answer may come from another thread, many at once and in any order") {
    TestHost host;
    host.install(R"(
      export async function run(event, { host }) {
        const all = await Promise.all([0, 1, 2, 3].map((n) => host.held.call(n)));
        return all;
      })");
    host.start();
    REQUIRE(host.held.wait_for(4));
    const auto held = host.held.items();
    std::jthread([&] {
      for (std::size_t i = held.size(); i-- > 0;) held[i].resolve(std::to_string(i * 10));
    }).join();
    REQUIRE(host.results.wait_for(1));
    const auto result = host.results.items()[0];
    CHECK_ANSWER(result, "[0,10,20,30]");
    CHECK(result.usage.host_calls == 4);
    CHECK(result.usage.host_call_time > 0ns);
  }

  TEST_CASE("host function: errors reject with an Error of their message") {
    TestHost host;
    REQUIRE(host->register_function("bad", [](const HostCall&) -> Result<std::string> {
      return Error{ErrorCode::kUnavailable, "the store is away"};
    }));
    REQUIRE(host->register_async_function(
        "badAsync", [](const HostCall&, HostCallAnswer answer) { answer.reject("not today"); }));
    host.install(attempt("host.bad()"));
    CHECK_ANSWER(host.run(), R"({"name":"Error","message":"the store is away","is":true})");
    host.install(attempt("host.badAsync()"));
    CHECK_ANSWER(host.run(), R"({"name":"Error","message":"not today","is":true})");
  }

  TEST_CASE("host function: what it throws is caught, told to the observer and not to the tenant") {
    TestHost host;
    REQUIRE(host->register_function("throws", [](const HostCall&) -> Result<std::string> {
      throw std::runtime_error("password=1");
    }));
    REQUIRE(host->register_async_function("throwsAsync", [](const HostCall&, HostCallAnswer) {
      throw std::runtime_error("secret");
    }));
    for (const char* name : {"throws", "throwsAsync"}) {
      INFO(std::string(name));
      host.install(attempt(std::string("host.") + name + "()"));
      CHECK_ANSWER(host.run(), R"({"name":"Error","message":"host function failed","is":true})");
      const auto errors = host.observer.errors.take();
      REQUIRE(errors.size() == 1);
      CHECK(errors[0].find(std::string("host.") + name) != std::string::npos);
    }
  }

  TEST_CASE("host function: an answer that is dropped rejects, one that comes twice counts once") {
    TestHost host;
    REQUIRE(host->register_async_function("drops", [](const HostCall&, HostCallAnswer) {}));
    REQUIRE(host->register_async_function("twice", [](const HostCall&, HostCallAnswer answer) {
      answer.resolve("1");
      answer.resolve("2");
      answer.reject("no");
    }));
    host.install(attempt("host.drops()"));
    const auto dropped = host.run();
    CHECK(dropped.json.find("no answer") != std::string::npos);
    host.install(attempt("host.twice()"));
    CHECK_ANSWER(host.run(), "[1]");
  }

  TEST_CASE("host function: an answer that is not JSON rejects") {
    TestHost host;
    REQUIRE(host->register_function(
        "text", [](const HostCall&) { return Result<std::string>(std::string("{oops")); }));
    host.install(attempt("host.text()"));
    CHECK(host.run().json.find("JSON") != std::string::npos);
  }

  TEST_CASE("host function: only those that the policy lists may be called") {
    auto policy = ample_policy();
    policy.host_functions = {"echo"};
    TestHost host(policy);
    host.install(attempt("host.echo(1)"));
    CHECK_ANSWER(host.run(), "[[1]]");
    for (const char* name : {"host.note('x')", "host.no.such.thing()", "host()"}) {
      INFO(std::string(name));
      host.install(attempt(name));
      CHECK(host.run().json.find("\"is\":true") != std::string::npos);
    }
    CHECK(host.notes.items().empty());
    policy.host_functions = {};
    REQUIRE(host->set_policy("acme", policy));
    host.install(attempt("host.echo(1)"));
    CHECK(host.run().json.find("echo") != std::string::npos);
  }

  TEST_CASE("host function: arguments that JSON cannot say reject without a call") {
    TestHost host;
    host.install(attempt("host.echo(1n)"));
    CHECK(host.run().json.find("TypeError") != std::string::npos);
    host.install(attempt("host.echo((() => { const a = []; a.push(a); return a; })())"));
    CHECK(host.run().json.find("TypeError") != std::string::npos);
    for (const std::string instead : {"({})", "undefined", "'[1]'"}) {
      CAPTURE(instead);
      host.install(attempt("(Array.prototype.toJSON = () => " + instead + ", host.echo(1))"));
      CHECK(host.run().json.find("are no array in JSON") != std::string::npos);
    }
  }

  TEST_CASE("host function: names are checked and taken once") {
    TestHost host;
    const auto nothing = [](const HostCall&) { return Result<std::string>(std::string()); };
    for (const char* name : {"", ".", "a.", ".a", "a..b", "1a", "a b", "a-b", "\xff"}) {
      INFO(std::string(name));
      const auto result = host->register_function(name, nothing);
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kInvalidArgument);
    }
    CHECK(host->register_function("twice.named", nothing));
    const auto again = host->register_function("twice.named", nothing);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == ErrorCode::kAlreadyExists);
    const auto empty = host->register_function("empty", SyncHostFunction());
    REQUIRE_FALSE(empty.has_value());
    CHECK(empty.error().code == ErrorCode::kInvalidArgument);
  }

  TEST_CASE(
      "host function: one never answered ends at the wall limit, and the answer may come late") {
    auto policy = ample_policy();
    policy.limits.wall_time = 50ms;
    TestHost host(policy);
    host.install("export const run = (_, { host }) => host.held.call();");
    CHECK_OUTCOME(host.run(), Outcome::kExceededWallTime);
    REQUIRE(host.held.items().size() == 1);
    host.held.items()[0].resolve("1");
    host.held.items()[0].reject("2");
  }

  TEST_CASE("host function: invoke() from inside one is refused") {
    TestHost host;
    Collector<Error> errors;
    REQUIRE(host->register_function("nested", [&](const HostCall&) {
      const auto nested = host->invoke({.tenant = "acme", .event = "run"});
      errors.add(nested ? Error{} : nested.error());
      return Result<std::string>(std::string());
    }));
    host.install(attempt("host.nested()"));
    CHECK(host.run().ok());
    REQUIRE(errors.items().size() == 1);
    CHECK(errors.items()[0].code == ErrorCode::kFailedPrecondition);
  }

  TEST_CASE("host function: time inside one is not the tenant's CPU time") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 50ms;
    TestHost host(policy);
    REQUIRE(host->register_function("busy", [](const HostCall&) {
      const auto end = std::chrono::steady_clock::now() + 120ms;
      while (std::chrono::steady_clock::now() < end) {
      }
      return Result<std::string>(std::string("1"));
    }));
    host.install("export const run = (_, { host }) => host.busy();");
    CHECK_ANSWER(host.run(), "1");
  }
}

}  // namespace sublet::scenario
