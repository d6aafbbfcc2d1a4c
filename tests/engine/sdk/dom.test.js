// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const realm = new Realm();
// The JSON value of a function body.
const value = (text) => JSON.parse(realm.run(`JSON.stringify((() => { ${text} })() ?? null)`));

test("listeners are called in order, once each, until removed", () => {
  assert.deepEqual(
    value(`
    const target = new EventTarget(), seen = [];
    const a = () => seen.push("a"), b = { handleEvent(e) { seen.push(["b", e.type, this === b]); } };
    target.addEventListener("x", a); target.addEventListener("x", a); target.addEventListener("x", a, true);
    target.addEventListener("x", b); target.addEventListener("x", () => seen.push("once"), { once: true });
    target.addEventListener("x", null); target.addEventListener("y", () => seen.push("y"));
    target.dispatchEvent(new Event("x")); target.removeEventListener("x", a); target.removeEventListener("x", b);
    target.removeEventListener("x", b); target.dispatchEvent(new Event("x"));
    return seen;`),
    ["a", "a", ["b", "x", true], "once", "a"],
  );
});

test("listeners that come and go during an event", () => {
  assert.deepEqual(
    value(`
    const target = new EventTarget(), seen = [];
    const c = () => seen.push("c"), d = () => seen.push("d");
    target.addEventListener("x", function a() {
      seen.push("a"); target.removeEventListener("x", a); target.removeEventListener("x", c);
      target.addEventListener("x", () => seen.push("new"));
    });
    target.addEventListener("x", () => seen.push("b")); target.addEventListener("x", c); target.addEventListener("x", d);
    target.dispatchEvent(new Event("x")); seen.push("|"); target.dispatchEvent(new Event("x"));
    return seen;`),
    ["a", "b", "d", "|", "b", "d", "new"],
  );
});

test("listeners that take away those around them", () => {
  assert.deepEqual(
    value(`
    const target = new EventTarget(), seen = [];
    const names = ["a", "b", "c", "d"], all = names.map((name) => () => {
      seen.push(name); if (name === "b") for (const other of all) target.removeEventListener("x", other);
    });
    for (const one of all) target.addEventListener("x", one);
    target.addEventListener("x", () => seen.push("last"));
    target.dispatchEvent(new Event("x")); target.dispatchEvent(new Event("x"));
    return seen;`),
    ["a", "b", "last", "last"],
  );
});

test("stopping, preventing, and what an event tells", () => {
  assert.deepEqual(
    value(`
    const target = new EventTarget(), seen = [];
    target.addEventListener("x", (e) => { e.preventDefault(); e.stopImmediatePropagation();
      seen.push(e.target === target, e.currentTarget === target, e.eventPhase, e.composedPath().length, e.isTrusted); });
    target.addEventListener("x", () => seen.push("never"));
    const event = new Event("x", { cancelable: true });
    seen.push(target.dispatchEvent(event), event.defaultPrevented, event.currentTarget, event.eventPhase);
    seen.push(target.dispatchEvent(new Event("x")), Event.AT_TARGET, event.NONE, Object.keys(event));
    target.addEventListener("p", (e) => e.preventDefault(), { passive: true });
    seen.push(target.dispatchEvent(new Event("p", { cancelable: true })), new CustomEvent("c", { detail: 5 }).detail);
    return seen;`),
    [
      true,
      true,
      2,
      1,
      false,
      false,
      true,
      null,
      0,
      true,
      true,
      2,
      1,
      false,
      true,
      2,
      0,
      ["isTrusted"],
      true,
      5,
    ],
  );
});

test("an error in a listener is logged, and the others are called", () => {
  realm.logs.length = 0;
  assert.equal(
    value(`
    const target = new EventTarget(); let called = 0;
    target.addEventListener("x", () => { throw new Error("listener"); }); target.addEventListener("x", () => called++);
    target.dispatchEvent(new Event("x")); return called;`),
    1,
  );
  assert.match(realm.logs[0][1], /^Uncaught Error: listener\n/);
});

test("what is no event, listener or signal is refused", () => {
  for (const text of [
    "new Event()",
    "new EventTarget().dispatchEvent({})",
    "new EventTarget().addEventListener('x')",
    "new EventTarget().addEventListener('x', 5)",
    "new Event('x', 5)",
    "EventTarget()",
    "new EventTarget().addEventListener('x', () => 1, { signal: {} })",
    "new AbortSignal()",
    "AbortSignal.any([{}])",
    "AbortSignal.timeout(-1)",
    "AbortSignal.timeout('x')",
    "Event.prototype.type",
    "AbortSignal.prototype.aborted",
    "DOMException.prototype.name",
  ]) {
    assert.throws(() => realm.run(text), { name: "TypeError" }, text);
  }
  assert.throws(
    () =>
      realm.run(`{ const t = new EventTarget(), e = new Event("x");
    let thrown; t.addEventListener("x", () => { try { t.dispatchEvent(e); } catch (error) { thrown = error; } });
    t.dispatchEvent(e); throw thrown; }`),
    { name: "InvalidStateError" },
  );
});

test("an AbortController aborts once, with a reason", () => {
  assert.deepEqual(
    value(`
    const controller = new AbortController(), { signal } = controller, seen = [];
    signal.onabort = (e) => seen.push(["on", e.type, e.isTrusted]); signal.addEventListener("abort", () => seen.push("listener"));
    seen.push(signal.aborted, signal.reason === undefined); signal.throwIfAborted();
    controller.abort(); controller.abort("again");
    seen.push(signal.aborted, signal.reason.name, signal.reason.code, signal.reason instanceof DOMException, signal.reason instanceof Error);
    try { signal.throwIfAborted(); } catch (e) { seen.push(e === signal.reason); }
    seen.push(AbortSignal.abort(5).reason, AbortSignal.abort().reason.name);
    return seen;`),
    [
      false,
      true,
      ["on", "abort", true],
      "listener",
      true,
      "AbortError",
      20,
      true,
      true,
      true,
      5,
      "AbortError",
    ],
  );
});

test("a signal takes listeners away", () => {
  assert.equal(
    value(`
    const target = new EventTarget(), controller = new AbortController(); let called = 0;
    target.addEventListener("x", () => called++, { signal: controller.signal });
    target.dispatchEvent(new Event("x")); controller.abort(); target.dispatchEvent(new Event("x"));
    target.addEventListener("x", () => called++, { signal: controller.signal }); target.dispatchEvent(new Event("x"));
    return called;`),
    1,
  );
});

test("AbortSignal.any follows its sources, through others", () => {
  assert.deepEqual(
    value(`
    const [a, b] = [new AbortController(), new AbortController()], seen = [];
    const any = AbortSignal.any([a.signal, b.signal]), outer = AbortSignal.any([any]);
    a.signal.addEventListener("abort", () => seen.push("source", outer.aborted));
    any.addEventListener("abort", () => seen.push("any")); outer.addEventListener("abort", () => seen.push("outer"));
    a.abort("why"); b.abort("late");
    seen.push(any.reason, outer.reason, AbortSignal.any([b.signal, a.signal]).reason, AbortSignal.any([]).aborted);
    return seen;`),
    ["source", true, "any", "outer", "why", "why", "late", false],
  );
});

test("AbortSignal.timeout aborts when its timer fires", () => {
  realm.timers.clear();
  realm.run("globalThis.late = AbortSignal.timeout(25)");
  assert.deepEqual(realm.fireTimers(), [25]);
  assert.equal(realm.run("late.aborted && late.reason.name"), "TimeoutError");
});

test("DOMException is as the platform's", () => {
  assert.deepEqual(
    value(`const e = new DOMException("m", "NotFoundError"), f = new DOMException("m", { name: "N", cause: 3 });
    return [e.name, e.message, e.code, String(e), Object.prototype.toString.call(e), e.NOT_FOUND_ERR, DOMException.DATA_CLONE_ERR,
            f.name, f.cause, new DOMException().name, e.stack.split("\\n")[0], e instanceof Error, "message" in Object.keys(e)]`),
    [
      "NotFoundError",
      "m",
      8,
      "NotFoundError: m",
      "[object DOMException]",
      8,
      25,
      "N",
      3,
      "Error",
      "NotFoundError: m",
      true,
      false,
    ],
  );
  const constants =
    "JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(DOMException)).filter(([, d]) => typeof d.value === 'number').filter(([k]) => k !== 'length').map(([k, d]) => [k, d.value, d.writable, d.enumerable]).sort())";
  assert.deepEqual(JSON.parse(realm.run(constants)), JSON.parse((0, eval)(constants)));
});

test("members are as Web IDL says", () => {
  for (const name of ["Event", "EventTarget", "AbortController"]) {
    const shape = `JSON.stringify([${name}, ${name}.prototype].map((o) => Object.entries(Object.getOwnPropertyDescriptors(o))
      .filter(([k]) => !/^(length|name|prototype|initEvent|path|srcElement|isTrusted|[A-Z_]+)$/.test(k)).map(([k, d]) => [k, d.enumerable, "value" in d]).sort()))`;
    assert.deepEqual(JSON.parse(realm.run(shape)), JSON.parse((0, eval)(shape)), name);
  }
});
