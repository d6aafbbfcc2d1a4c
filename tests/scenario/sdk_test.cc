// SPDX-License-Identifier: Apache-2.0
#include "support.h"

// What a JavaScript developer expects of a server runtime, in both realms. Each program answers the
// names of the expectations that do not hold.
namespace sublet::scenario {
namespace {

constexpr const char* kPrelude = R"(
const failed = [];
const check = (name, holds) => { if (!holds) failed.push(name); };
const throws = (name, action, type) => {
  try { action(); failed.push(`${name}: no error`); }
  catch (e) { if (type && e.name !== type) failed.push(`${name}: ${e.name}`); }
};
)";

void check_both_realms(const std::string& body) {
  for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
    CAPTURE(static_cast<int>(realm));
    TestHost host;
    host.install(std::string(kPrelude) + "export async function run(event, api) {" + body +
                     "\nreturn failed; }",
                 {.realm = realm});
    CHECK_ANSWER(host.run(), "[]");
    CHECK_ANSWER(host.run(), "[]");
  }
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("sdk: URL and URLSearchParams") {
    check_both_realms(R"(
      const url = new URL("../b?x=1&y=%20#h", "https://user:pw@Example.com:8080/a/c");
      check("href", url.href === "https://user:pw@example.com:8080/b?x=1&y=%20#h");
      check("parts", url.host === "example.com:8080" && url.hash === "#h" && url.port === "8080");
      url.searchParams.append("z", "ä b");
      check("append", url.search === "?x=1&y=+&z=%C3%A4+b" || url.search === "?x=1&y=%20&z=%C3%A4+b");
      check("params", [...new URLSearchParams("a=1&b=2&a=3").getAll("a")].join() === "1,3");
      check("punycode", new URL("https://bücher.example/").hostname === "xn--bcher-kva.example");
      check("ipv4", new URL("http://0x7f.1/").hostname === "127.0.0.1");
      throws("bad", () => new URL("nonsense"), "TypeError");
      check("string", String(new URLSearchParams({ a: "b c" })) === "a=b+c");
    )");
  }

  TEST_CASE("sdk: TextEncoder and TextDecoder") {
    check_both_realms(R"(
      const bytes = new TextEncoder().encode("aä日😀");
      check("length", bytes.length === 10 && bytes instanceof Uint8Array);
      check("round trip", new TextDecoder().decode(bytes) === "aä日😀");
      check("replaced", new TextDecoder().decode(new Uint8Array([0x61, 0xff])) === "a\ufffd");
      throws("fatal", () => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])),
             "TypeError");
      const decoder = new TextDecoder();
      check("stream", decoder.decode(bytes.subarray(0, 2), { stream: true }) +
                      decoder.decode(bytes.subarray(2)) === "aä日😀");
      const into = new TextEncoder().encodeInto("äb", new Uint8Array(2));
      check("encodeInto", into.read === 1 && into.written === 2);
      throws("label", () => new TextDecoder("no-such"), "RangeError");
    )");
  }

  TEST_CASE("sdk: structuredClone, atob and btoa") {
    check_both_realms(R"(
      const source = { date: new Date(5), map: new Map([[1, new Set(["a"])]]), re: /x/g, big: 1n,
                       bytes: new Uint8Array([1, 2]), error: new RangeError("r") };
      source.self = source;
      const copy = structuredClone(source);
      check("copy", copy !== source && copy.self === copy);
      check("types", copy.date.getTime() === 5 && copy.map.get(1).has("a") && copy.re.flags === "g" &&
                     copy.big === 1n && copy.bytes[1] === 2 && copy.error instanceof RangeError);
      throws("function", () => structuredClone(() => 1), "DataCloneError");
      check("btoa", btoa("hé") === "aOk=" && atob("aOk=") === "hé");
      throws("btoa wide", () => btoa("日"), "InvalidCharacterError");
      throws("atob", () => atob("*"), "InvalidCharacterError");
    )");
  }

  TEST_CASE("sdk: crypto") {
    check_both_realms(R"(
      const id = crypto.randomUUID();
      check("uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id));
      check("unique", crypto.randomUUID() !== id);
      const bytes = new Uint8Array(64);
      check("same", crypto.getRandomValues(bytes) === bytes);
      check("random", bytes.some((byte) => byte !== 0));
      throws("too many", () => crypto.getRandomValues(new Uint8Array(65537)), "QuotaExceededError");
      throws("floats", () => crypto.getRandomValues(new Float32Array(1)), "TypeMismatchError");
    )");
  }

  TEST_CASE("sdk: timers and microtasks run in their order") {
    check_both_realms(R"(
      const order = [];
      await new Promise((done) => {
        setTimeout(() => { order.push("t2"); done(); }, 20);
        setTimeout((a, b) => order.push("t1", a, b), 1, "a", "b");
        queueMicrotask(() => order.push("m"));
        Promise.resolve().then(() => order.push("p"));
        order.push("now");
      });
      check("order " + order, order.join() === "now,m,p,t1,a,b,t2");
      const never = setTimeout(() => order.push("never"), 1);
      clearTimeout(never);
      let ticks = 0;
      await new Promise((done) => {
        const interval = setInterval(() => { if (++ticks === 3) { clearInterval(interval); done(); } }, 1);
      });
      await new Promise((done) => setTimeout(done, 10));
      check("interval", ticks === 3);
      check("cleared", !order.includes("never"));
      throws("no callback", () => setTimeout("code"), "TypeError");
      clearTimeout(undefined); clearTimeout(12345);
    )");
  }

  TEST_CASE("sdk: AbortController, EventTarget and DOMException") {
    check_both_realms(R"(
      const controller = new AbortController();
      let fired = 0;
      controller.signal.addEventListener("abort", () => fired++);
      controller.signal.onabort = () => fired++;
      check("before", controller.signal.aborted === false);
      controller.abort();
      controller.abort();
      check("after", controller.signal.aborted && fired === 2);
      check("reason", controller.signal.reason.name === "AbortError");
      throws("throwIfAborted", () => controller.signal.throwIfAborted(), "AbortError");
      check("static", AbortSignal.abort("why").reason === "why");
      const timeout = AbortSignal.timeout(1);
      await new Promise((done) => timeout.addEventListener("abort", done));
      check("timeout", timeout.reason.name === "TimeoutError");
      const target = new EventTarget();
      target.addEventListener("x", (e) => fired += e.detail, { once: true });
      target.dispatchEvent(new CustomEvent("x", { detail: 5 }));
      target.dispatchEvent(new CustomEvent("x", { detail: 5 }));
      check("once", fired === 7);
      check("exception", new DOMException("m", "AbortError").code === 20);
    )");
  }

  TEST_CASE("sdk: what reaches outside or makes code is not there") {
    check_both_realms(R"js(
      for (const name of ["require", "process", "Buffer", "WebAssembly", "SharedArrayBuffer",
                          "Atomics", "XMLHttpRequest", "WebSocket", "Worker", "Deno"]) {
        check(name, typeof globalThis[name] === "undefined");
      }
      throws("eval", () => (0, eval)("1"), "EvalError");
      throws("Function", () => new Function("return 1"), "EvalError");
      throws("constructor", () => (() => 1).constructor("return 1"), "EvalError");
      throws("async", () => (async () => 1).constructor("return 1"), "EvalError");
      throws("generator", () => (function* () {}).constructor("yield 1"), "EvalError");
    )js");
  }

  TEST_CASE("sdk: import() reaches nothing outside the bundle") {
    TestHost host;
    host.install(R"js(
      export async function run(event) {
        try { await import(event.data); return "in"; } catch { return "out"; }
      })js");
    for (const char* from : {"data:text/javascript,export default 1", "node:fs", "fs",
                             "/etc/hostname", "https://example.com/a.js", "../a.js"}) {
      CHECK_ANSWER(host.run(Json(from).dump()), "\"out\"");
    }
  }

  TEST_CASE("sdk: the policy may allow eval and WebAssembly") {
    auto policy = ample_policy();
    policy.allow_eval = true;
    policy.allow_wasm = true;
    TestHost host(policy);
    host.install(R"js(
      export const run = () => [(0, eval)("40 + 2"), new Function("return 1")(),
                                typeof WebAssembly, typeof SharedArrayBuffer];)js");
    CHECK_ANSWER(host.run(), R"([42,1,"object","undefined"])");
  }

  TEST_CASE("sdk: console and log give lines with level and time") {
    for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
      TestHost host;
      host.install(R"(
        export function run(event, { log }) {
          console.log("plain", 1, true, null, undefined, 2n);
          console.info("%s is %d", "x", 5);
          console.warn({ a: [1, { b: "c" }] });
          console.error(new TypeError("bad"));
          console.debug(Symbol("s"), -0);
          log("short");
          log.warn("warned", { n: 1 });
          console.assert(1 === 1, "not shown");
          console.assert(false, "shown");
        })",
                   {.realm = realm});
      const auto result = host.run();
      REQUIRE(result.ok());
      REQUIRE(result.logs.size() == 8);
      const LogLevel levels[] = {LogLevel::kInfo,  LogLevel::kInfo,  LogLevel::kWarn,
                                 LogLevel::kError, LogLevel::kDebug, LogLevel::kInfo,
                                 LogLevel::kWarn,  LogLevel::kError};
      for (std::size_t i = 0; i < 8; ++i) CHECK(result.logs[i].level == levels[i]);
      CHECK(result.logs[0].text == "plain 1 true null undefined 2n");
      CHECK(result.logs[1].text == "x is 5");
      CHECK(result.logs[2].text.find("b: ") != std::string::npos);
      CHECK(result.logs[3].text.find("TypeError: bad") != std::string::npos);
      CHECK(result.logs[5].text == "short");
      CHECK(result.logs[7].text.find("shown") != std::string::npos);
      CHECK(result.usage.log_bytes > Bytes{0});
    }
  }

  TEST_CASE("sdk: an error that nobody catches in a timer or microtask is logged") {
    TestHost host;
    host.install(R"(
      export async function run() {
        setTimeout(() => { throw new Error("from a timer"); }, 1);
        queueMicrotask(() => { throw new Error("from a microtask"); });
        await new Promise((done) => setTimeout(done, 20));
        return "on";
      })");
    const auto result = host.run();
    CHECK_ANSWER(result, "\"on\"");
    REQUIRE(result.logs.size() == 2);
    CHECK(result.logs[0].text.find("from a microtask") != std::string::npos);
    CHECK(result.logs[1].text.find("from a timer") != std::string::npos);
  }

  TEST_CASE("sdk: limits.remaining() counts down") {
    TestHost host;
    host.install(R"(
      export async function run(event, { limits, host, log }) {
        const before = limits.remaining();
        await host.echo();
        log("x");
        const after = limits.remaining();
        return [before.hostCalls - after.hostCalls, before.logLines - after.logLines,
                before.cpuMs >= after.cpuMs, before.wallMs >= after.wallMs, after.cpuMs > 0];
      })");
    CHECK_ANSWER(host.run(), "[1,1,true,true,true]");
  }
}

}  // namespace sublet::scenario
