// SPDX-License-Identifier: Apache-2.0
#include "support.h"

// Each program answers whether it finds a trace of an invocation before it, then leaves one. In a
// fresh form of state nobody ever finds one; leaving it may be refused (frozen realm).
namespace sublet::scenario {
namespace {

struct Program {
  const char* name;
  // Module-level code.
  const char* top;
  // An expression: true where a trace is found.
  const char* found;
  // Statements that leave one.
  const char* leave;
};

const Program kPrograms[] = {
    {"a global variable", "", "globalThis.trace !== undefined", "globalThis.trace = 1"},
    {"a global accessor", "", "'trace' in globalThis",
     "Object.defineProperty(globalThis, 'trace', { get: () => 1 })"},
    {"a replaced global", "", "globalThis.parseInt.mark === 1",
     "globalThis.parseInt = Object.assign(() => 0, { mark: 1 })"},
    {"a removed global", "", "typeof globalThis.URL === 'undefined'", "delete globalThis.URL"},
    {"module state", "let calls = 0;", "calls > 0", "calls++"},
    {"module state in an imported file", "import { box } from './lib/box.js';", "box.calls > 0",
     "box.calls++"},
    {"a static field", "class Counter { static calls = 0; }", "Counter.calls > 0",
     "Counter.calls++"},
    {"a private static field",
     "class Counter { static #calls = 0; static get() { return this.#calls; }"
     " static add() { this.#calls++; } }",
     "Counter.get() > 0", "Counter.add()"},
    {"a closure", "const next = (() => { let n = 0; return () => n++; })();", "next() > 0", ""},
    {"a generator", "const numbers = (function* () { let n = 0; for (;;) yield n++; })();",
     "numbers.next().value > 0", ""},
    {"a property of the handler", "", "run.calls > 0", "run.calls = 1"},
    {"a regular expression's lastIndex", "const re = /a/g;", "!re.test('a')", ""},
    {"Object.prototype", "", "({}).trace === 1", "Object.prototype.trace = 1"},
    {"Object.prototype through __proto__", "", "({}).trace === 1", "({}).__proto__.trace = 1"},
    {"Array.prototype", "", "[].trace === 1", "Array.prototype.trace = 1"},
    {"an element of Array.prototype", "", "[,][0] === 1", "Array.prototype[0] = 1"},
    {"Array.prototype.push", "", "[].push.trace === 1",
     "Array.prototype.push = Object.assign(() => 0, { trace: 1 })"},
    {"Function.prototype", "", "(() => 0).trace === 1", "Function.prototype.trace = 1"},
    {"the generator prototype", "function* g() {}", "Object.getPrototypeOf(g).trace === 1",
     "Object.getPrototypeOf(g).trace = 1"},
    {"the generator object prototype", "function* g() {}", "g().trace === 1",
     "Object.getPrototypeOf(g.prototype).trace = 1"},
    {"the async generator prototype", "async function* g() {}", "g().trace === 1",
     "Object.getPrototypeOf(g.prototype).trace = 1"},
    {"the async function prototype", "async function f() {}", "f.trace === 1",
     "Object.getPrototypeOf(f).trace = 1"},
    {"the array iterator prototype", "", "[][Symbol.iterator]().trace === 1",
     "Object.getPrototypeOf([][Symbol.iterator]()).trace = 1"},
    {"the string iterator prototype", "", "''[Symbol.iterator]().trace === 1",
     "Object.getPrototypeOf(''[Symbol.iterator]()).trace = 1"},
    {"the map iterator prototype", "", "new Map().keys().trace === 1",
     "Object.getPrototypeOf(new Map().keys()).trace = 1"},
    {"the set iterator prototype", "", "new Set().keys().trace === 1",
     "Object.getPrototypeOf(new Set().keys()).trace = 1"},
    {"the regexp string iterator prototype", "", "'a'.matchAll(/a/g).trace === 1",
     "Object.getPrototypeOf('a'.matchAll(/a/g)).trace = 1"},
    {"the typed array prototype", "", "new Uint8Array(1).trace === 1",
     "Object.getPrototypeOf(Uint8Array.prototype).trace = 1"},
    {"Promise.prototype.then", "", "Promise.resolve().then.trace === 1",
     "Promise.prototype.then = Object.assign(() => 0, { trace: 1 })"},
    {"Symbol.species", "", "Array[Symbol.species]?.trace === 1",
     "Object.defineProperty(Array, Symbol.species, { value: { trace: 1 } })"},
    {"Symbol.prototype", "", "Symbol.for('trace').trace === 1", "Symbol.prototype.trace = 1"},
    {"a registered symbol on an intrinsic", "", "Math[Symbol.for('trace')] === 1",
     "Math[Symbol.for('trace')] = 1"},
    {"JSON", "", "JSON.trace === 1", "JSON.trace = 1"},
    {"Math.random", "", "Math.random() === 4", "Math.random = () => 4"},
    {"Date.now", "", "Date.now() === 4", "Date.now = () => 4"},
    {"RegExp.$1", "", "RegExp.$1 === 'trace'", "/(trace)/.exec('trace')"},
    {"RegExp.lastMatch", "", "RegExp.lastMatch === 'trace'", "/trace/.exec('trace')"},
    {"RegExp.input", "", "RegExp.input === 'trace'", "/./.exec('trace'); RegExp.input = 'trace'"},
    {"RegExp.prototype.exec", "", "RegExp.prototype.exec.trace === 1",
     "RegExp.prototype.exec = Object.assign(() => null, { trace: 1 })"},
    {"Error.stackTraceLimit", "", "Error.stackTraceLimit === 3", "Error.stackTraceLimit = 3"},
    {"Error.prepareStackTrace", "", "new Error('x').stack === 'trace'",
     "Error.prepareStackTrace = () => 'trace'"},
    {"Error.captureStackTrace", "", "Error.captureStackTrace.trace === 1",
     "Error.captureStackTrace = Object.assign(() => 0, { trace: 1 })"},
    {"a template object", "const tag = (s) => s; const make = () => tag`x`;",
     "make().trace === 1 || make().raw.trace === 1", "make().raw.trace = 1; make().trace = 1"},
    {"console", "", "console.trace2 === 1", "console.trace2 = 1"},
    {"a replaced console.log", "", "console.log.trace === 1",
     "console.log = Object.assign(() => 0, { trace: 1 })"},
    {"URL.prototype", "", "new URL('a:b').trace === 1", "URL.prototype.trace = 1"},
    {"URLSearchParams.prototype", "", "new URLSearchParams().trace === 1",
     "URLSearchParams.prototype.trace = 1"},
    {"TextEncoder.prototype", "", "new TextEncoder().trace === 1",
     "TextEncoder.prototype.trace = 1"},
    {"AbortController.prototype", "", "new AbortController().trace === 1",
     "AbortController.prototype.trace = 1"},
    {"the prototype of abort signals", "", "new AbortController().signal.trace === 1",
     "Object.getPrototypeOf(new AbortController().signal).trace = 1"},
    {"Headers.prototype", "", "new Headers().trace === 1", "Headers.prototype.trace = 1"},
    {"Response.prototype", "", "new Response().trace === 1", "Response.prototype.trace = 1"},
    {"the prototype of header iterators", "", "new Headers().keys().trace === 1",
     "Object.getPrototypeOf(new Headers().keys()).trace = 1"},
    {"fetch", "", "fetch.trace === 1", "fetch.trace = 1"},
    {"api.secret", "", "api.secret.trace === 1", "api.secret.trace = 1"},
    {"EventTarget.prototype", "", "new EventTarget().trace === 1",
     "EventTarget.prototype.trace = 1"},
    {"crypto", "", "crypto.trace === 1", "crypto.trace = 1"},
    {"setTimeout", "", "setTimeout.trace === 1", "setTimeout.trace = 1"},
    {"structuredClone", "", "structuredClone.trace === 1", "structuredClone.trace = 1"},
    {"the event", "", "event.trace === 1", "event.trace = 1"},
    {"the prototype of the event", "", "event.trace === 1",
     "Object.getPrototypeOf(event).trace = 1"},
    {"the api", "", "api.trace === 1", "api.trace = 1"},
    {"the log function", "", "api.log.trace === 1", "api.log.trace = 1"},
    {"host", "", "Object.keys(api.host).length > 0", "api.host.trace = 1"},
    {"the limits signal", "", "api.limits.signal.trace === 1", "api.limits.signal.trace = 1"},
    {"limits.remaining", "", "api.limits.remaining.trace === 1", "api.limits.remaining.trace = 1"},
};

std::string code_of(const Program& program) {
  return std::string(program.top) + R"(
export function run(event, api) {
  let found;
  try { found = )" +
         program.found + R"(; } catch (error) { found = false; }
  try { )" +
         program.leave +
         R"(; } catch (error) { if (!(error instanceof TypeError)) throw error; }
  return found ? "found" : "clean";
}
)";
}

Spec spec_of(State state, Realm realm) {
  return {.state = state,
          .realm = realm,
          .more_files = {{"lib/box.js", "export const box = { calls: 0 };\n"}}};
}

// A frozen realm takes a bundle of one file.
bool fits(const Program& program, Realm realm) {
  return realm == Realm::kStandard || std::string(program.top).find("import") == std::string::npos;
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("fresh state: nothing passes between two invocations") {
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      CAPTURE(static_cast<int>(realm));
      TestHost host;
      for (const Program& program : kPrograms) {
        INFO(std::string(program.name));
        if (!fits(program, realm)) continue;
        host.install(code_of(program), spec_of(State::kInvocation, realm));
        for (int i = 0; i < 4; ++i) CHECK_ANSWER(host.run(), "\"clean\"");
      }
    }
  }

  TEST_CASE("fresh state: state tenant keeps globals and module state") {
    TestHost host(ample_policy(), TestHost::workers(1));
    for (const Program& program : kPrograms) {
      const std::string name = program.name;
      if (name != "module state" && name != "a global variable" && name != "Object.prototype" &&
          name != "module state in an imported file") {
        continue;
      }
      INFO(std::string(name));
      host.install(code_of(program), spec_of(State::kTenant, Realm::kStandard));
      CHECK_ANSWER(host.run(), "\"clean\"");
      for (int i = 0; i < 3; ++i) CHECK_ANSWER(host.run(), "\"found\"");
    }
  }

  TEST_CASE("fresh state: what an invocation left under way never runs later") {
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      CAPTURE(static_cast<int>(realm));
      TestHost host(ample_policy(), TestHost::workers(1));
      host.install(R"(
        export function leave(event, { host }) {
          setTimeout(() => host.note("timer"), 1);
          setInterval(() => host.note("interval"), 1);
          host.held.call().then(() => host.note("answer"));
          host.echo(1).then(() => setTimeout(() => host.note("later timer"), 1));
          new Promise((f) => setTimeout(f, 1)).then(() => host.note("promise"));
          return 1;
        }
        export const run = () => new Promise((f) => setTimeout(() => f("on"), 30));)",
                   {.events = {"leave", "run"}, .realm = realm});
      for (std::size_t i = 1; i <= 3; ++i) {
        CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "leave"}), "1");
        REQUIRE(host.held.wait_for(i));
        host.held.items().back().resolve("1");
        CHECK_ANSWER(host.run(), "\"on\"");
      }
      CHECK(host.notes.items() == std::vector<std::string>{});
    }
  }

  TEST_CASE("fresh state: console counters, timers and groups start anew") {
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      CAPTURE(static_cast<int>(realm));
      TestHost host;
      host.install(R"(
        export function run() {
          console.count(); console.count("x"); console.group("g"); console.log("in");
          console.time("t");
        })",
                   {.realm = realm});
      const auto texts = [](const InvocationResult& result) {
        std::vector<std::string> lines;
        for (const LogLine& line : result.logs) lines.push_back(line.text);
        return lines;
      };
      const auto first = texts(host.run());
      REQUIRE(first.size() == 4);
      CHECK(first[0] == "default: 1");
      CHECK(first[1] == "x: 1");
      for (int i = 0; i < 3; ++i) CHECK(texts(host.run()) == first);
    }
  }

  TEST_CASE("fresh state: concurrent invocations of one extension don't see each other") {
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      CAPTURE(static_cast<int>(realm));
      TestHost host(ample_policy(), TestHost::workers(1));
      host.install(R"(
        let mine = null;
        export async function run(event, { host }) {
          if (mine !== null) return "found";
          mine = event.data;
          console.count();
          await host.held.call();
          return mine === event.data ? "clean" : "found";
        })",
                   {.realm = realm});
      for (int i = 0; i < 4; ++i) {
        host.start({.tenant = "acme", .event = "run", .payload = std::to_string(i)});
      }
      REQUIRE(host.held.wait_for(4));
      for (const auto& answer : host.held.items()) answer.resolve("");
      REQUIRE(host.results.wait_for(4));
      for (const auto& result : host.results.items()) {
        CHECK_ANSWER(result, "\"clean\"");
        REQUIRE(result.logs.size() == 1);
        CHECK(result.logs[0].text == "default: 1");
      }
    }
  }
}

}  // namespace sublet::scenario
