// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { answer, Realm } from "./realm.js";

const realm = new Realm({ frozen: true });
const run = (text) => realm.run(`"use strict"; ${text}`);

// Answers the paths of all objects that can be reached and changed, from within the realm.
const walk = String.raw`(touchLazy) => {
  const seen = new Map(), open = [];
  const visit = (value, path) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return;
    if (!seen.has(value)) { seen.set(value, path); open.push([value, path]); }
  };
  visit(globalThis, "globalThis");
  if (touchLazy) {
    for (const name of Object.getOwnPropertyNames(globalThis)) visit(globalThis[name], name);
    const url = new URL("https://ü.example/?a=b");
    for (const object of [url, url.searchParams, url.searchParams.keys(),
                          new AbortController(), new AbortController().signal, new Event("a"),
                          new DOMException("a"), new TextEncoder(), new TextDecoder(),
                          new EventTarget(), new CustomEvent("a"), new Headers(), new Headers().keys(),
                          new Request("https://a.test/"), new Response("a")]) {
      visit(Object.getPrototypeOf(object), "prototype of " + object);
      // Instances may be open; what they lead to besides data may not.
      for (const key of Reflect.ownKeys(object)) {
        const inner = object[key];
        if (typeof inner === "object" && inner) visit(Object.getPrototypeOf(inner), "inner " + String(key));
        for (const { get } of [Object.getOwnPropertyDescriptor(object, key)]) visit(get, "getter");
      }
    }
  }
  const samples = {
    generator: function* () {}, made: Object.getPrototypeOf((function* () {})()),
    asyncMade: Object.getPrototypeOf((async function* () {})()), async: async () => {}, asyncGenerator: async function* () {},
    regExpIterator: "a".matchAll(/a/g), stringIterator: "a"[Symbol.iterator](),
    mapIterator: new Map().entries(), setIterator: new Set().entries(), arrayIterator: [].keys(),
    segments: new Intl.Segmenter().segment("a"),
    segmentIterator: new Intl.Segmenter().segment("a")[Symbol.iterator](),
    promise: Promise.resolve(), error: new TypeError("a"), regExp: /a/, date: new Date(),
    bytes: new Uint8Array(1), buffer: new ArrayBuffer(1), view: new DataView(new ArrayBuffer(1)),
    weak: new WeakRef({}), symbol: Object(Symbol()), big: Object(1n), boolean: Object(true),
    
    revocable: Proxy.revocable({}, {}).revoke, date2: new Intl.DateTimeFormat(),
  };
  for (const name in samples) {
    // Samples are new; what they inherit and what accessors sit on them is shared.
    visit(Object.getPrototypeOf(samples[name]), name);
    for (const key of Reflect.ownKeys(samples[name])) {
      const { get, set } = Object.getOwnPropertyDescriptor(samples[name], key);
      visit(get, name); visit(set, name);
    }
  }
  while (open.length > 0) {
    const [object, path] = open.pop();
    visit(Object.getPrototypeOf(object), path + ".__proto__");
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
      visit(value, path + "." + String(key));
      visit(get, path + ".get " + String(key));
      visit(set, path + ".set " + String(key));
    }
  }
  const changeable = [];
  for (const [object, path] of seen) if (!Object.isFrozen(object)) changeable.push(path);
  return { changeable, count: seen.size };
}`;

test("nothing that can be reached in a frozen realm can be changed", () => {
  const { changeable, count } = run(`(${walk})(false)`);
  assert.ok(count > 700, String(count));
  assert.deepEqual([...changeable], []);
});

test("nothing that lazy globals add can be changed either", () => {
  const { changeable, count } = run(`(${walk})(true)`);
  assert.ok(count > 800, String(count));
  assert.deepEqual([...changeable], []);
});

test("lazy globals that were touched before the freezing are frozen too", () => {
  const early = new Realm();
  early.run(
    "URL; TextEncoder; console.log({}); new AbortController(); atob; fetch; globalThis.x = {y: {}}",
  );
  early.hooks.freeze();
  assert.deepEqual([...early.run(`"use strict"; (${walk})(true)`).changeable], []);
});

test("the walk of the test finds what is not frozen", () => {
  const open = new Realm();
  assert.ok(open.run(`(${walk})(false)`).changeable.length > 500);
});

test("the handler's api is frozen and stays usable", async () => {
  realm.answer = (name, values) => [name, values];
  const result = await realm.value(`async (event, api) => {
    "use strict";
    const { log, limits, host } = api;
    const refused = [];
    for (const object of [log, limits, host, host.a, host.a.b, log.info, limits.remaining]) {
      try { object.extra = 1; } catch (error) { refused.push(error.name); }
      try { Object.setPrototypeOf(object, {}); } catch (error) { refused.push(error.name); }
    }
    return { refused, answer: await host.a.b(1), limits: limits.remaining() };
  }`);
  assert.deepEqual(result.refused, Array(14).fill("TypeError"));
  assert.deepEqual(result.answer, ["host:a.b", [1]]);
});

test("what requests answer cannot be changed for others", async () => {
  realm.answer = () => answer({ text: "[]" });
  assert.deepEqual(
    await realm.value(`async (event, api) => {
      "use strict";
      const { request, fetch, parameters, secret } = api;
      const objects = [request, fetch, parameters, secret, secret.token, secret.encode, await request("x"),
                       await fetch("https://a.test/")];
      return objects.map((object, i) => Object.isFrozen(i < 6 ? object : Object.getPrototypeOf(object)));
    }`),
    Array(8).fill(true),
  );
});

test("what leads to durable events cannot be changed for others", async () => {
  assert.deepEqual(
    await realm.value(`(event, api) => {
      const { events, schedule, webhooks, RetryError } = api;
      const objects = [events, events.publish, schedule, schedule.delete, webhooks, webhooks.url, RetryError,
                       RetryError.prototype, Object.getOwnPropertyDescriptor(api, "RetryError").get];
      return objects.map(Object.isFrozen);
    }`),
    Array(9).fill(true),
  );
});

test("RegExp and Error keep nothing", () => {
  assert.deepEqual(
    [...run("Object.getOwnPropertyNames(RegExp).sort()")],
    ["length", "name", "prototype"],
  );
  assert.equal(run("/a/.compile"), undefined);
  assert.equal(run("/(secret)/.exec('secret'); RegExp.$1"), undefined);
  assert.throws(() => run("Error.stackTraceLimit = 100"), { name: "TypeError" });
  assert.throws(() => run("Error.prepareStackTrace = () => 1"), { name: "TypeError" });
  assert.equal(run("typeof Error.captureStackTrace"), "function");
});

test("globals cannot be added, changed or taken away", () => {
  for (const text of [
    "globalThis.x = 1",
    "URL = 1",
    "console = 1",
    "setTimeout = 1",
    "console.log = 1",
    "Math.random = 1",
    "Array.prototype.x = 1",
    "Object.prototype.toString = 1",
    "[].__proto__.push = 1",
    "delete globalThis.URL",
    "Symbol.iterator.x = 1",
    "URL.x = 1",
    "undeclared = 1",
    "Object.prototype.__proto__ = {}",
  ]) {
    assert.throws(
      () => run(text),
      (error) => /TypeError|ReferenceError/.test(error.name),
      text,
    );
  }
  realm.run("undeclared = 1"); // sloppy: fails silently
  assert.equal(run("typeof undeclared"), "undefined");
});

test("ordinary programs may assign what frozen prototypes have", () => {
  const result = run(`(() => {
    const object = {}; object.toString = () => "mine"; object.constructor = 1; object.valueOf = 2;
    const derived = Object.create({ get hasOwnProperty() { return 1; } });
    function Parent() {} function Child() {}
    function Copy() { this.constructor = Child; }
    Copy.prototype = Parent.prototype; Child.prototype = new Copy();
    Child.prototype.toString = () => "child";
    const error = new TypeError("a"); error.name = "Mine"; error.message = "b"; error.toString = 3;
    function Old() {} Old.prototype = Object.create(Error.prototype);
    Old.prototype.constructor = Old; Old.prototype.name = "Old"; Old.prototype.message = "";
    const call = () => 1; call.toString = () => "code"; call.bind = 5;
    const list = [1]; list.toString = () => "list"; list.then = (done) => done();
    const promise = Promise.resolve(); promise.catch = 6;
    class Sub extends Map { constructor() { super(); this.constructor = 7; } }
    return { text: String(object), keys: Object.keys(object).join(), child: String(new Child()),
       error: [error.name, error.message, error.toString].join(), old: String(new Old()),
       call: String(call) + call.bind, list: String(list), promise: promise.catch,
       sub: new Sub().constructor, plain: String({}), self: ({}).constructor === Object,
       same: ({}).toString === Object.prototype.toString };
  })()`);
  assert.deepEqual(
    { ...result },
    {
      text: "mine",
      keys: "toString,constructor,valueOf",
      child: "child",
      error: "Mine,b,3",
      old: "Old",
      call: "code5",
      list: "list",
      promise: 6,
      sub: 7,
      plain: "[object Object]",
      self: true,
      same: true,
    },
  );
});

test("methods that V8 compiles specially stay read-only", () => {
  for (const text of ["Promise.resolve().then = 1", "[].push = 1", "[].constructor = 1"]) {
    assert.throws(() => run(text), { name: "TypeError" }, text);
  }
});

test("an assignment that a frozen prototype lets through is like any other", () => {
  const [descriptor, refused, names] = run(`(() => {
    const object = {}; object.toString = 1; object.toString = 2;
    const fixed = Object.freeze({}); let refused;
    try { fixed.toString = 1; } catch (error) { refused = error.name; }
    return [Object.getOwnPropertyDescriptor(object, "toString"), refused,
     [Object.prototype.toString.name, Object.prototype.hasOwnProperty.length].join()];
  })()`);
  assert.deepEqual(
    { ...descriptor },
    { value: 2, writable: true, enumerable: true, configurable: true },
  );
  assert.equal(refused, "TypeError");
  assert.equal(names, "toString,1");
});

test("the console's counters end with the invocation", () => {
  run("console.count('a'); console.group('g'); console.time('t')");
  realm.newInvocation();
  realm.logs.length = 0;
  run("console.count('a'); console.log('x'); console.timeEnd('t')");
  assert.deepEqual(realm.logs, [
    [1, "a: 1"],
    [1, "x"],
    [2, "Timer 't' does not exist"],
  ]);
});

test("limits.signal belongs to its invocation", async () => {
  const handler = "(event, { limits }) => limits.signal.aborted";
  realm.newInvocation();
  realm.hooks.warn();
  assert.equal(await realm.value(handler), true);
  realm.newInvocation();
  assert.equal(await realm.value(handler), false);
});
