// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {
namespace {

struct Growth {
  const char* name;
  const char* code;
};

const Growth kHeapGrowth[] = {
    {"an array of objects", "const a = []; for (;;) a.push({ a, i: a.length });"},
    {"an array of numbers", "const a = []; for (;;) a.push(a.length + 0.5);"},
    {"a string that doubles",
     "let s = 'x'; const all = []; for (;;) { s += s.slice(0, 4096) + all.length;"
     " all.push(s.split('').join('-')); }"},
    {"many strings", "const a = []; for (;;) a.push('text ' + a.length);"},
    {"a map", "const m = new Map(); for (;;) m.set(m.size, 'v' + m.size);"},
    {"a set", "const s = new Set(); for (;;) s.add('v' + s.size);"},
    {"closures", "const a = []; for (;;) { const big = a.length; a.push(() => big + a.length); }"},
    {"properties", "const o = {}; for (let i = 0;; i++) o['key' + i] = i;"},
    {"a chain of objects", "let o = null; for (;;) o = { next: o };"},
    {"promises", "const a = []; for (;;) a.push(new Promise(() => {}));"},
    {"bigints", "let n = 1n; const a = []; for (;;) { n = n * 3n + 1n; a.push(n); }"},
    {"class instances", "class C { #p = {}; q = []; } const a = []; for (;;) a.push(new C());"},
    {"symbols", "const a = []; for (;;) a.push(Symbol('s' + a.length));"},
    {"a growing JSON text", "let o = [1]; for (;;) o = [JSON.stringify([o, o])];"},
    {"microtasks",
     "const f = () => { Promise.resolve().then(f); Promise.resolve().then(f); };"
     " f(); return new Promise(() => {});"},
};

const char* const kExternalGrowth[] = {
    "const a = []; for (;;) a.push(new ArrayBuffer(1 << 20));",
    "const a = []; for (;;) a.push(new Uint8Array(1 << 16));",
    "return new ArrayBuffer(1 << 30).byteLength;",
    "return new Float64Array(1 << 27).length;",
};

TenantPolicy small_heap() {
  auto policy = ample_policy();
  policy.limits.heap = Bytes::mebibytes(24);
  policy.limits.external_memory = Bytes::mebibytes(8);
  return policy;
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("limits: the heap limit ends every ordinary way to grow, and the tenant goes on") {
    TestHost host(small_heap());
    host.install("export const run = () => 'good';", {.name = "good"});
    host.install("export const run = () => 'other';", {}, "globex");
    for (const Growth& growth : kHeapGrowth) {
      INFO(std::string(growth.name));
      host.install("export function grow() { " + std::string(growth.code) + " }",
                   {.name = "bad", .events = {"grow"}});
      const auto result = host.run(Event{.tenant = "acme", .event = "grow"});
      CHECK_OUTCOME(result, Outcome::kExceededMemory);
      CHECK(contains(result.usage.limits_exceeded, Limit::kHeap));
      CHECK_ANSWER(host.run(), "\"good\"");
      CHECK_ANSWER(host.run("", "globex"), "\"other\"");
    }
    CHECK(host.observer.wait_for_lost_isolates(std::size(kHeapGrowth)));
    // On a loaded machine a last long collection may keep a thread past its grace.
    CHECK(host->stats().isolates_condemned > std::size(kHeapGrowth) / 2);
  }

  TEST_CASE("limits: ArrayBuffers past the limit are a RangeError that the tenant can catch") {
    TestHost host(small_heap());
    for (const char* code : kExternalGrowth) {
      INFO(std::string(code));
      host.install("export function run() { " + std::string(code) + " }");
      const auto result = host.run();
      CHECK_OUTCOME(result, Outcome::kException);
      CHECK(error_of(result).name == "RangeError");
      CHECK(contains(result.usage.limits_exceeded, Limit::kExternalMemory));
    }
    host.install(R"(
      export function run() {
        try { const a = []; for (;;) a.push(new ArrayBuffer(1 << 20)); }
        catch (error) { return error.name; }
      })");
    const auto caught = host.run();
    CHECK_ANSWER(caught, "\"RangeError\"");
    CHECK(caught.usage.peak_external > Bytes::mebibytes(4));
  }

  TEST_CASE("limits: buffers that are dropped can be had again") {
    TestHost host(small_heap());
    host.install(R"(
      export function run() {
        let total = 0;
        for (let i = 0; i < 64; i++) total += new ArrayBuffer(1 << 20).byteLength;
        return total >> 20;
      })");
    for (int i = 0; i < 3; ++i) CHECK_ANSWER(host.run(), "64");
  }

  TEST_CASE("limits: recursion past the stack is a RangeError that the tenant can catch") {
    TestHost host;
    const char* programs[] = {
        "const f = () => f() + 1; f();",
        "const f = (...a) => f(...a, 1); f();",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a);",
        "const o = { toString() { return '' + o; } }; String(o);",
        "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x;",
        "class A { constructor() { new A(); } } new A();",
    };
    for (const char* program : programs) {
      INFO(std::string(program));
      host.install("export function run() { try { " + std::string(program) +
                   " } catch (e) { return e.name; } return 'none'; }");
      CHECK_ANSWER(host.run(), "\"RangeError\"");
      host.install("export function run() { " + std::string(program) + " }");
      CHECK_OUTCOME(host.run(), Outcome::kException);
    }
  }

  TEST_CASE("limits: deep nesting in and out is refused, not followed") {
    auto policy = ample_policy();
    policy.limits.payload_depth = 10'000;
    TestHost host(policy);
    host.install("export const run = (event) => event.data;");
    const std::string deep = std::string(9'999, '[') + std::string(9'999, ']');
    const auto result = host.run(deep);
    CHECK((result.ok() || result.outcome == Outcome::kInvalidResult ||
           result.outcome == Outcome::kException));
    host.install(
        "export const run = () => { let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a; "
        "};");
    CHECK_OUTCOME(host.run(), Outcome::kInvalidResult);
    host.install("export const run = () => 1;");
    CHECK_ANSWER(host.run(), "1");
  }
}

}  // namespace sublet::scenario
