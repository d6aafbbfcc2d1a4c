// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <thread>

#include "engine/engine_fixture.h"

namespace sublet::engine {
namespace {

using Status = TurnReport::Status;

TEST_SUITE_BEGIN("engine");

TEST_CASE("context: a handler gets the event and answers JSON") {
  Running js("export function run(event) { return { name: event.name, id: event.id, "
             "twice: event.data.n * 2, tenant: event.tenant, attempt: event.attempt }; }");
  REQUIRE_MESSAGE(js.loaded.ok, (js.loaded.error ? js.loaded.error->message : ""));
  const TurnReport report = js.run(R"({"n":21})");
  CHECK(report.outcome == Outcome::kOk);
  CHECK(report.json ==
        R"({"name":"onTest","id":"evt_1","twice":42,"tenant":"acme","attempt":1})");
}

TEST_CASE("context: text beyond ASCII passes both ways") {
  Running js("export const run = (event) => event.data + ' \u00e9';");
  CHECK(js.run(R"("\u5c71 \ud83d\ude00 ü")").json == "\"\u5c71 \U0001F600 ü é\"");
}

TEST_CASE("context: undefined is null, a function is an invalid result") {
  CHECK(Running("export function run() {}").run().json == "null");
  CHECK(Running("export function run() { return () => 1; }").run().outcome ==
        Outcome::kInvalidResult);
  CHECK(Running("export function run() { const a = []; a.push(a); return a; }").run().outcome ==
        Outcome::kInvalidResult);
  CHECK(Running("export async function run() { return 1n; }").run().outcome ==
        Outcome::kInvalidResult);
}

TEST_CASE("context: an exception has name, message and the bundle's own frames") {
  Running js("function inner() { throw new TypeError('no ticket'); }\nexport function run() {\n"
             "  inner();\n}");
  const TurnReport report = js.run();
  CHECK(report.outcome == Outcome::kException);
  REQUIRE(report.error.has_value());
  CHECK(report.error->name == "TypeError");
  CHECK(report.error->message == "no ticket");
  CHECK(report.error->stack ==
        "    at inner (extension.js:1:26)\n    at run (extension.js:3:3)");
}

TEST_CASE("context: what is thrown may be anything") {
  CHECK(Running("export function run() { throw null; }").run().error->message == "null");
  CHECK(Running("export function run() { throw Symbol('x'); }").run().outcome ==
        Outcome::kException);
  CHECK(Running("export function run() { throw { get message() { throw 1; } }; }").run().outcome ==
        Outcome::kException);
}

TEST_CASE("context: an awaited host call leaves the turn and comes back") {
  Running js("export async function run(event, { host }) { const a = await host.crm.find(1, 'x'); "
             "return a.name; }");
  TurnReport report = js.run();
  REQUIRE(report.status == Status::kAwaiting);
  CHECK_FALSE(report.stalled);
  REQUIRE(js.port.calls.size() == 1);
  CHECK(js.port.calls[0].first == "host:crm.find");
  CHECK(js.port.calls[0].second == R"([1,"x"])");
  const std::array completions = {HostCallCompletion{1, true, R"({"name":"Ann"})"}};
  report = js.context->resume(1, completions);
  CHECK(report.status == Status::kFinished);
  CHECK(report.json == "\"Ann\"");
}

TEST_CASE("context: a refused host call rejects with its message") {
  Running js("export async function run(event, { host }) { try { await host.f(); } catch (e) { "
             "return e.message; } }");
  js.port.next = {HostCallStart::Kind::kRefused, 0, "not permitted"};
  CHECK(js.run().json == "\"not permitted\"");
}

TEST_CASE("context: timers fire in a later turn and can be cleared") {
  Running js("export async function run() { const t = setTimeout(() => {}, 5); clearTimeout(t); "
             "await new Promise((done) => setTimeout(done, 20)); return 'woke'; }");
  REQUIRE(js.run().status == Status::kAwaiting);
  CHECK(js.port.canceled == std::vector<CallId>{1});
  CHECK(js.port.delays.back().count() == 20);
  const std::array completions = {HostCallCompletion{2, true, {}}};
  CHECK(js.context->resume(1, completions).json == "\"woke\"");
}

TEST_CASE("context: a promise with nothing under way is told to be stalled") {
  Running js("export function run() { return new Promise(() => {}); }");
  const TurnReport report = js.run();
  CHECK(report.status == Status::kAwaiting);
  CHECK(report.stalled);
}

TEST_CASE("context: a termination ends the turn and not the next one") {
  Running js("export function run(event) { while (event.data === 1) {} return 'free'; }",
             Realm::kStandard, State::kTenant);
  std::thread alarm([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    js.isolate->terminator().terminate();
  });
  const TurnReport report = js.run("1");
  alarm.join();
  CHECK(report.outcome == Outcome::kInternalError);
  CHECK_FALSE(js.context->reusable());
  auto context = js.isolate->create_context(Realm::kStandard);
  REQUIRE(context->load(js.program, js.port).ok);
  CHECK(context->start(9, input_of("2"), js.port).json == "\"free\"");
}

TEST_CASE("context: a heap that grows without end exhausts the isolate, not the process") {
  IsolateOptions options;
  options.heap = Bytes::mebibytes(16);
  Running js("export function run() { const a = []; for (;;) a.push({ n: a.length }); }",
             Realm::kStandard, State::kInvocation, options);
  const TurnReport report = js.run();
  CHECK(report.outcome == Outcome::kInternalError);
  CHECK(js.isolate->exhausted());
  CHECK(js.isolate->memory().peak_heap > Bytes::mebibytes(8));
}

TEST_CASE("context: array buffers past the limit are a RangeError and counted") {
  Running js("export function run() { try { const a = []; for (;;) a.push(new ArrayBuffer(1 << 20)); "
             "} catch (e) { return e.name; } }");
  CHECK(js.run().json == "\"RangeError\"");
  CHECK(js.isolate->take_external_limit_passed());
  CHECK(js.isolate->memory().peak_external > Bytes::mebibytes(60));
}

TEST_CASE("context: deep recursion is a RangeError") {
  Running js("export function run() { const f = () => f() + 1; try { f(); } catch (e) { return "
             "e.name; } }");
  CHECK(js.run().json == "\"RangeError\"");
}

TEST_CASE("context: no code from strings, no shared memory, no WebAssembly unless allowed") {
  const std::string probe =
      "export function run() { let e = 'allowed'; try { new Function('return 1')(); } catch (x) { "
      "e = x.name; } return [e, typeof SharedArrayBuffer, typeof Atomics, typeof WebAssembly, "
      "typeof FinalizationRegistry]; }";
  CHECK(Running(probe).run().json ==
        R"(["EvalError","undefined","undefined","undefined","undefined"])");
  IsolateOptions open;
  open.allow_eval = true;
  open.allow_wasm = true;
  CHECK(Running(probe, Realm::kStandard, State::kInvocation, open).run().json ==
        R"(["allowed","undefined","undefined","object","undefined"])");
}

TEST_CASE("context: console reaches the port") {
  Running js("export function run() { console.log('a', 1, { b: [2] }); console.error('c'); }");
  CHECK(js.run().outcome == Outcome::kOk);
  REQUIRE(js.port.logs.size() == 2);
  CHECK(js.port.logs[0].starts_with("info a 1 "));
  CHECK(js.port.logs[1] == "error c");
}

TEST_CASE("context: an unhandled rejection is logged, the handler's own is not") {
  Running js("export async function run() { Promise.reject(new Error('lost')); return 1; }");
  CHECK(js.run().outcome == Outcome::kOk);
  REQUIRE(js.port.logs.size() == 1);
  CHECK(js.port.logs[0] == "error Unhandled rejection: Error: lost");
  Running own("export async function run() { throw new Error('mine'); }");
  CHECK(own.run().outcome == Outcome::kException);
  CHECK(own.port.logs.empty());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine
