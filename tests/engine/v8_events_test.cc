// SPDX-License-Identifier: Apache-2.0
// The SDK's durable events over the engine, and what an error says of its next attempt.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <optional>

#include "engine/engine_fixture.h"

namespace sublet::engine {
namespace {

using Status = TurnReport::Status;
using Kind = HostCallStart::Kind;
using std::chrono::milliseconds;

constexpr std::array kRealms = {Realm::kStandard, Realm::kFrozen};

std::string handler(const std::string& body) {
  return "export async function run(event, api) { const { events, schedule, webhooks, RetryError, "
         "limits } = api; " +
         body + " }";
}

// What the handler's error says; the handler fails.
GuestError error_of(const std::string& body, Realm realm = Realm::kStandard) {
  Running js(handler(body), realm);
  const TurnReport report = js.run();
  CHECK(report.outcome == Outcome::kException);
  return report.error.value_or(GuestError{});
}

std::optional<milliseconds> wait_of(const std::string& body, Realm realm = Realm::kStandard) {
  return error_of(body, realm).retry_after;
}

TEST_SUITE_BEGIN("engine");

TEST_CASE("events: a publication and its receipt") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    Running js(handler("return await events.publish('order', { a: 'é' }, { key: 'k', at: new "
                       "Date(7) });"),
               realm);
    REQUIRE(js.run().status == Status::kAwaiting);
    REQUIRE(js.port.calls.size() == 1);
    CHECK(js.port.calls[0].first == "events.publish");
    CHECK(js.port.calls[0].second == R"([["order",{"key":"k","at":7},{"a":"é"}]])");
    const std::array completions = {
        HostCallCompletion{1, true, R"({"id":"e","status":"accepted","deliveries":2})"}};
    CHECK(js.context->resume(1, completions).json ==
          R"({"id":"e","status":"accepted","deliveries":2})");
  }
}

TEST_CASE("events: what was not accepted rejects with its code") {
  Running js(
      handler("try { await events.publish('a'); } catch (e) { return [e.message, e.code, "
              "e.retryAfter]; }"));
  js.port.next = {Kind::kAnswered, 0,
                  R"({"id":"","status":"throttled","deliveries":0,"message":"m","retryAfter":2})"};
  CHECK(js.run().json == R"(["m","throttled",2])");
}

TEST_CASE("events: schedules and webhooks reach the host") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    Running js(handler("await schedule.create({ name: 'n', event: 'e', every: 60 }); await "
                       "schedule.update('n', { enabled: false }); return [await "
                       "schedule.delete('n'), await webhooks.url('w')];"),
               realm);
    js.port.next = {Kind::kAnswered, 0, "true"};
    CHECK(js.run().json == "[true,true]");
    REQUIRE(js.port.calls.size() == 4);
    CHECK(js.port.calls[0].second == R"([{"name":"n","event":"e","every":60}])");
    CHECK(js.port.calls[1].second == R"(["n",{"enabled":false}])");
    CHECK(js.port.calls[2].first == "schedule.delete");
    CHECK(js.port.calls[3].first == "webhooks.url");
  }
}

TEST_CASE("events: how many are left") {
  Running js(handler("return limits.remaining().events;"));
  CHECK(js.run().json == "7");
}

TEST_CASE("retry: an error says how long it asks to wait") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    const GuestError error = error_of("throw new RetryError('busy', { after: 90 });", realm);
    CHECK(error.name == "RetryError");
    CHECK(error.message == "busy");
    CHECK(error.stack.find("extension.js") != std::string::npos);
    CHECK(error.retry_after == milliseconds(90'000));
    CHECK(wait_of("throw new events.RetryError('b', { after: 0.5 });", realm) == milliseconds(500));
    CHECK(wait_of("throw new RetryError('b', { after: new Date(0) });", realm) == milliseconds(0));
    CHECK_FALSE(wait_of("throw new RetryError('b');", realm).has_value());
  }
  CHECK(wait_of("throw new RetryError('b', { after: 1e300 });") == kMostRetryAfter);
  CHECK(wait_of("throw new RetryError('b', { after: Infinity });") == kMostRetryAfter);
  const auto ahead = wait_of("throw new RetryError('b', { after: new Date(8.64e15) });");
  CHECK(ahead == kMostRetryAfter);
}

TEST_CASE("retry: also from an answer that comes later, and from a class of the tenant's") {
  Running js(handler(
      "class Busy extends RetryError { constructor() { super('b', { after: 2 }); this.name "
      "= 'Busy'; } } try { await schedule.list(); } catch { throw Object.freeze(new Busy()); "
      "}"));
  REQUIRE(js.run().status == Status::kAwaiting);
  const std::array completions = {HostCallCompletion{1, false, "no"}};
  const TurnReport report = js.context->resume(1, completions);
  REQUIRE(report.error.has_value());
  CHECK(report.error->name == "Busy");
  CHECK(report.error->retry_after == milliseconds(2'000));
}

TEST_CASE("retry: what only looks like such an error asks for nothing") {
  for (const char* thrown :
       {"Object.assign(new Error('m'), { name: 'RetryError', after: 5, retryAfter: 5 })",
        "Object.create(real)", "Object.setPrototypeOf(new Error('m'), RetryError.prototype)",
        "new Proxy(real, {})", "new Proxy(real, { get() { throw 1; } })", "{ ...real }",
        "Object.assign(new Error('m'), real)", "structuredClone(real)",
        "new Error('m', { cause: real })", "5", "null", "undefined", "Symbol('a')", "globalThis",
        "[real]", "RetryError"}) {
    CAPTURE(thrown);
    CHECK_FALSE(wait_of("const real = new RetryError('r', { after: 5 }); throw (" +
                        std::string(thrown) + ");")
                    .has_value());
  }
}

TEST_CASE("retry: getters, changed prototypes and revoked proxies change nothing") {
  CHECK(wait_of(
            "const e = new RetryError('m', { after: 5 }); for (const key of ['name', 'message', "
            "'stack', 'after']) Object.defineProperty(e, key, { get() { throw e; } }); throw e;") ==
        milliseconds(5'000));
  CHECK(
      wait_of("const e = new RetryError('m', { after: 5 }); Object.setPrototypeOf(e, new Proxy({}, "
              "{ get() { throw 1; }, has() { throw 2; } })); throw e;") == milliseconds(5'000));
  CHECK(
      wait_of("Error.prepareStackTrace = () => { throw 1; }; throw new RetryError('m', { after: 5 "
              "});") == milliseconds(5'000));
  const GuestError revoked = error_of(
      "const { proxy, revoke } = Proxy.revocable(new RetryError('m', { after: 5 }), {}); "
      "revoke(); throw proxy;");
  CHECK_FALSE(revoked.retry_after.has_value());
}

TEST_CASE("retry: a wait that is none is the extension's own mistake") {
  const GuestError error = error_of("throw new RetryError('m', { after: -1 });");
  CHECK(error.name == "TypeError");
  CHECK_FALSE(error.retry_after.has_value());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine
