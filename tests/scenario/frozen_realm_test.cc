// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {
namespace {

const Spec kFrozen{.realm = Realm::kFrozen};

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("frozen realm: every object that two invocations can reach is frozen") {
    TestHost host;
    host.install(R"(
      const hidden = {
        generator: Object.getPrototypeOf(function* () {}),
        asyncFunction: Object.getPrototypeOf(async () => {}),
        asyncGenerator: Object.getPrototypeOf(async function* () {}),
        arrayIterator: Object.getPrototypeOf([][Symbol.iterator]()),
        stringIterator: Object.getPrototypeOf(""[Symbol.iterator]()),
        mapIterator: Object.getPrototypeOf(new Map().entries()),
        setIterator: Object.getPrototypeOf(new Set().entries()),
        regExpStringIterator: Object.getPrototypeOf("a".matchAll(/a/g)),
        typedArray: Object.getPrototypeOf(Uint8Array),
        searchParamsIterator: Object.getPrototypeOf(new URLSearchParams("a=b").keys()),
        signal: Object.getPrototypeOf(new AbortController().signal),
        headersIterator: Object.getPrototypeOf(new Headers().keys()),
        request: Object.getPrototypeOf(new Request("https://a.test/")),
        response: Object.getPrototypeOf(new Response()),
        segmenter: globalThis.Intl && Object.getPrototypeOf(new Intl.Segmenter().segment("a")),
        arguments: (function () { return Object.getPrototypeOf(arguments); })(),
        thrower: (function () {
          "use strict";
          return Object.getOwnPropertyDescriptor(arguments, "callee").get;
        })(),
      };
      export function run() {
        const seen = new Set();
        const open = [];
        const look = (value, path) => {
          if (value === null || (typeof value !== "object" && typeof value !== "function")) return;
          if (seen.has(value)) return;
          seen.add(value);
          if (!Object.isFrozen(value)) open.push(path);
          look(Object.getPrototypeOf(value), `${path}.__proto__`);
          for (const key of Reflect.ownKeys(value)) {
            const slot = Object.getOwnPropertyDescriptor(value, key);
            const next = `${path}.${String(key)}`;
            look(slot.value, next);
            look(slot.get, `${next}<get>`);
            look(slot.set, `${next}<set>`);
            if (slot.get && value === globalThis) look(value[key], next);
          }
        };
        look(globalThis, "globalThis");
        for (const name in hidden) look(hidden[name], name);
        return { open, enough: seen.size > 700 };
      })",
                 kFrozen);
    CHECK_ANSWER(host.run(), R"({"open":[],"enough":true})");
  }

  TEST_CASE("frozen realm: the override mistake does not happen") {
    TestHost host;
    host.install(R"(
      class Mine extends Error { constructor() { super(); this.name = "Mine"; } }
      export function run() {
        const object = {};
        object.toString = () => "own";
        object.constructor = 1;
        object.hasOwnProperty = 2;
        const list = [];
        list.toString = () => "list";
        const error = new Error("a");
        error.message = "b";
        error.name = "c";
        function F() {}
        F.prototype.toString = () => "F";
        F.prototype.constructor = F;
        return [String(object), object.constructor, object.hasOwnProperty, String(list),
                error.message, error.name, String(new F()), new Mine().name];
      })",
                 kFrozen);
    CHECK_ANSWER(host.run(), R"(["own",1,2,"list","b","c","F","Mine"])");
  }

  TEST_CASE("frozen realm: writing to an intrinsic throws, also in the handler's sight") {
    TestHost host;
    host.install("export const run = () => { Array.prototype.mine = 1; };", kFrozen);
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).name == "TypeError");
    CHECK(error_of(result).stack.find("extension.js:1") != std::string::npos);
  }

  TEST_CASE("frozen realm: legacy RegExp statics are gone") {
    TestHost host;
    host.install(R"(
      export const run = () => ["$1", "$_", "input", "lastMatch", "lastParen", "leftContext",
        "rightContext", "$&", "$+", "$`", "$'"].filter((name) => name in RegExp);)",
                 kFrozen);
    CHECK_ANSWER(host.run(), "[]");
  }

  TEST_CASE("frozen realm: ordinary code runs unchanged") {
    TestHost host;
    host.install(R"(
      const add = (a, b) => a + b;
      export class Box { #n = 1; get n() { return this.#n; } static make = () => new Box(); }
      export const total = (...n) => n.reduce(add, 0);
      function later() { return hoisted(); }
      export async function run(event) {
        const counts = new Map();
        for (const word of event.data.split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
        const url = new URL("https://example.com/?a=1");
        await null;
        return { words: [...counts], total: total(1, 2, 3), n: Box.make().n, later: later(),
                 a: url.searchParams.get("a"),
                 f: ((f) => f.name)(run), text: `${[3, 1, 2].sort()}`, id: typeof crypto.randomUUID() };
      }
      function hoisted() { return "hoisted"; }
      export { later as default };)",
                 kFrozen);
    const auto result = host.run("\"a b a\"");
    CHECK_ANSWER(result, R"({"words":[["a",2],["b",1]],"total":6,"n":1,"later":"hoisted","a":"1",)"
                         R"("f":"run","text":"1,2,3","id":"string"})");
  }

  TEST_CASE("frozen realm: an error's stack has the bundle's own lines") {
    TestHost host;
    host.install("const a = 1;\n\nexport function run() {\n  throw new Error('x');\n}\n", kFrozen);
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).stack.find("extension.js:4:9") != std::string::npos);
  }

  TEST_CASE("frozen realm: a bundle that cannot run so is refused at install and told why") {
    TestHost host;
    const struct {
      const char* what;
      const char* code;
    } programs[] = {
        {"an import", "import './a.js';\nexport const run = () => 1;"},
        {"top-level await", "const x = await Promise.resolve(1);\nexport const run = () => x;"},
        {"a change of an intrinsic", "Array.prototype.mine = 1;\nexport const run = () => 1;"},
        {"a new global", "globalThis.mine = 1;\nexport const run = () => 1;"},
    };
    for (const auto& each : programs) {
      INFO(std::string(each.what));
      const auto result = host->install("acme", make_bundle(each.code, kFrozen));
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error().code == ErrorCode::kInvalidArgument);
      CHECK_MESSAGE(result.error().message.find("extension.js:1") != std::string::npos,
                    result.error().message);
    }
    CHECK(host->list().empty());
  }

  TEST_CASE("frozen realm: a second handler's invocation gets a closure of its own") {
    TestHost host(ample_policy(), TestHost::workers(1));
    host.install(R"(
      const seen = [];
      export const one = () => seen.push("one");
      export const two = () => seen.push("two");)",
                 {.events = {"one", "two"}, .realm = Realm::kFrozen});
    for (int i = 0; i < 3; ++i) {
      CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "one"}), "1");
      CHECK_ANSWER(host.run(Event{.tenant = "acme", .event = "two"}), "1");
    }
  }
}

}  // namespace sublet::scenario
