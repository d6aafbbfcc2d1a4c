// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const plain = (value) => JSON.parse(JSON.stringify(value));

test("a touched lazy global is what the platform would have", () => {
  const realm = new Realm();
  assert.equal(realm.run("'URL' in globalThis && Object.keys(globalThis).includes('URL')"), false);
  assert.deepEqual(realm.loaded, []);
  assert.deepEqual(
    plain(
      realm.run(`URL; const { value, ...rest } =
    Object.getOwnPropertyDescriptor(globalThis, "URL"); rest`),
    ),
    { writable: true, enumerable: false, configurable: true },
  );
  assert.deepEqual(realm.loaded, ["url"]);
  realm.run("URLSearchParams");
  assert.deepEqual(realm.loaded, ["url"]);
});

test("a lazy global can be replaced, shadowed and taken away", () => {
  const realm = new Realm();
  assert.equal(realm.run("atob = 1; atob"), 1);
  assert.equal(
    realm.run("const o = Object.create(globalThis); o.btoa = 2; o.btoa + typeof btoa"),
    "2function",
  );
  assert.equal(realm.run("delete globalThis.TextEncoder; typeof TextEncoder"), "undefined");
  assert.equal(realm.run("var URL = 5; URL"), 5);
});

test("names and lengths are the platform's", () => {
  const names = [
    "URL",
    "URLSearchParams",
    "TextEncoder",
    "TextDecoder",
    "AbortController",
    "AbortSignal",
    "Event",
    "EventTarget",
    "CustomEvent",
    "DOMException",
    "structuredClone",
    "atob",
    "btoa",
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "queueMicrotask",
    "fetch",
    "Headers",
    "Request",
    "Response",
  ];
  const lengths = Object.fromEntries(names.map((name) => [name, globalThis[name].length]));
  lengths.setTimeout = lengths.setInterval = 1; // Web IDL; Node.js says otherwise
  lengths.clearTimeout = lengths.clearInterval = 0;
  lengths.structuredClone = 1;
  const realm = new Realm();
  for (const name of names) {
    assert.equal(realm.run(`${name}.name`), name);
    assert.equal(realm.run(`${name}.length`), lengths[name], name);
  }
  assert.equal(realm.run("self === globalThis"), true);
  assert.equal(
    realm.run("String(crypto) + performance + console"),
    "[object Crypto][object Performance][object console]",
  );
});

test("what no tenant gets is gone", () => {
  const gone =
    "WebAssembly SharedArrayBuffer Atomics FinalizationRegistry navigator process require";
  const realm = new Realm();
  for (const name of gone.split(" ")) assert.equal(realm.run(`typeof ${name}`), "undefined", name);
  assert.equal(new Realm({ allowWasm: true }).run("typeof WebAssembly"), "object");
  realm.run("globalThis.Atomics = 1");
  realm.hooks.scrub();
  assert.equal(realm.run("typeof Atomics"), "undefined");
});

test("timers pass values, clear, repeat, and report what is thrown", () => {
  const realm = new Realm();
  realm.run(`seen = []; setTimeout((...a) => seen.push(a), 10.9, 1, 2); setTimeout(() => seen.push("none"));
    clearTimeout(setTimeout(() => seen.push("never"), 1)); clearTimeout(); clearTimeout("x"); clearTimeout(99);
    setTimeout(() => { throw new RangeError("late"); }, -5);
    every = setInterval((a) => { seen.push(a); if (seen.length > 4) clearInterval(every); }, 0, "tick");`);
  assert.equal(realm.run("typeof every"), "number");
  assert.deepEqual(realm.fireTimers(), [10, 0, 0, 1]);
  assert.deepEqual(realm.fireTimers(), [1]);
  assert.deepEqual(realm.fireTimers(), [1]);
  assert.deepEqual(realm.fireTimers(), []);
  assert.deepEqual(plain(realm.run("seen")), [[1, 2], "none", "tick", "tick", "tick"]);
  assert.equal(realm.logs.length, 1);
  assert.match(realm.logs[0][1], /^Uncaught RangeError: late\n +at /);
  for (const text of [
    "setTimeout('code')",
    "setTimeout()",
    "setInterval({})",
    "queueMicrotask()",
  ]) {
    assert.throws(() => realm.run(text), { name: "TypeError" });
  }
  assert.deepEqual(
    (realm.run("setTimeout(() => {}, Infinity); setTimeout(() => {}, NaN)"), realm.fireTimers()),
    [2147483647, 0],
  );
  assert.throws(() => realm.run("for (;;) setTimeout(() => {}, 1)"), { name: "RangeError" });
});

test("queueMicrotask runs once the turn is over and reports what is thrown", async () => {
  const realm = new Realm();
  realm.run(
    "order = []; queueMicrotask(() => order.push(2)); queueMicrotask(() => { throw 7; }); order.push(1)",
  );
  await new Promise(setImmediate);
  assert.deepEqual(plain(realm.run("order")), [1, 2]);
  assert.deepEqual(realm.logs, [[3, "Uncaught 7"]]);
});

test("host functions are called by their dotted names", async () => {
  const realm = new Realm();
  realm.answer = (name, values) => {
    if (name === "host:no") throw new Error("not allowed");
    return { name, values };
  };
  assert.deepEqual(
    await realm.value("async (e, { host }) => [await host.a(1, undefined), await host.b.c.d()]"),
    [
      { name: "host:a", values: [1, null] },
      { name: "host:b.c.d", values: [] },
    ],
  );
  await assert.rejects(realm.value("(e, { host }) => host.no()"), { message: "not allowed" });
  await assert.rejects(realm.value("(e, { host }) => host.a(1n)"), { name: "TypeError" });
  assert.equal(
    await realm.value("async (e, { host }) => typeof (await host.a) + typeof await host"),
    "functionobject",
  );
  realm.calls.length = 0;
  assert.equal(
    await realm.value("(e, { host }) => JSON.stringify({ host, f: host.a }) + ('a' in host)"),
    '{"host":{}}false',
  );
  await assert.rejects(realm.value("(e, { host }) => `${host.a}`"), { name: "TypeError" });
  assert.equal(realm.calls.length, 0);
});

test("limits tell what remains and when CPU time runs out", async () => {
  const realm = new Realm();
  assert.deepEqual(await realm.value("(e, { limits }) => limits.remaining()"), {
    cpuMs: 1,
    wallMs: 2,
    hostCalls: 3,
    logLines: 4,
    kvOperations: 5,
    requests: 6,
    events: 7,
  });
  const handler = `(e, { limits }) => {
    const { signal } = limits;
    return [signal === limits.signal, signal instanceof AbortSignal, signal.aborted, signal.reason?.name];
  }`;
  assert.deepEqual(await realm.value(handler), [true, true, false, null]);
  realm.hooks.warn();
  assert.deepEqual(await realm.value(handler), [true, true, true, "CpuTimeWarning"]);
  realm.newInvocation();
  assert.deepEqual(await realm.value(handler), [true, true, false, null]);
  realm.state = undefined; // start-up
  assert.equal(realm.run("console.group('a'); console.log('b'); 1"), 1);
});

test("structuredClone copies, and refuses with a DOMException", () => {
  const realm = new Realm();
  assert.equal(
    realm.run("const a = { b: new Map([[1, [2]]]) }; structuredClone(a).b.get(1)[0]"),
    2,
  );
  assert.equal(
    realm.run(
      "try { structuredClone(() => {}) } catch (e) { e instanceof DOMException && e.name + e.code }",
    ),
    "DataCloneError25",
  );
  assert.equal(realm.run("try { structuredClone({ get a() { throw 5; } }) } catch (e) { e }"), 5);
  assert.throws(() => realm.run("structuredClone()"), { name: "TypeError" });
  assert.throws(() => realm.run("structuredClone(1, { transfer: [1] })"), {
    name: "DataCloneError",
  });
  realm.run("structuredClone(1, { transfer: [new ArrayBuffer(3)] })");
  assert.equal(realm.transferred[0].byteLength, 3);
});

test("crypto gives random values and UUIDs", () => {
  const realm = new Realm();
  assert.match(
    realm.run("crypto.randomUUID()"),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.notEqual(realm.run("crypto.randomUUID()"), realm.run("crypto.randomUUID()"));
  assert.equal(
    realm.run(`const bytes = new Uint16Array(64);
    crypto.getRandomValues(bytes) === bytes && new Set(bytes).size > 32`),
    true,
  );
  assert.equal(
    realm.run(
      "const b = new Uint8Array(8); crypto.getRandomValues(b.subarray(4)); b.subarray(0, 4).join()",
    ),
    "0,0,0,0",
  );
  for (const [text, name] of [
    ["new Float64Array(1)", "TypeMismatchError"],
    ["[1]", "TypeMismatchError"],
    ["new DataView(new ArrayBuffer(1))", "TypeMismatchError"],
    ["new Uint8Array(65537)", "QuotaExceededError"],
  ]) {
    assert.throws(() => realm.run(`crypto.getRandomValues(${text})`), { name });
  }
});

test("atob and btoa are as in Node.js", () => {
  const realm = new Realm();
  for (const text of ["", "a", "ab", "abc", "\0\xff~", "x".repeat(100)]) {
    const encoded = realm.run(`btoa(${JSON.stringify(text)})`);
    assert.equal(encoded, btoa(text));
    assert.equal(realm.run(`atob(${JSON.stringify(encoded)})`), text);
  }
  for (const text of [" Y W I = ", "YWI", "YQ==", "/+", "YR=="])
    assert.equal(realm.run(`atob("${text}")`), atob(text));
  for (const text of ["Y", "YW=", "Y===", "YWI=YWI=", "\u00e9", "a*cd", "=", "YQ=a"]) {
    assert.throws(
      () => realm.run(`atob(${JSON.stringify(text)})`),
      { name: "InvalidCharacterError", code: 5 },
      text,
    );
  }
  assert.throws(() => realm.run("btoa('\u0100')"), { name: "InvalidCharacterError" });
  assert.equal(realm.run("btoa(undefined)"), btoa(undefined));
});

test("performance counts from the invocation's start", () => {
  const realm = new Realm();
  realm.time = 5;
  assert.equal(realm.run("performance.now()"), 5);
  const origin = realm.run("performance.timeOrigin");
  assert.ok(Math.abs(origin + 5 - Date.now()) < 1000);
  realm.time = 50;
  assert.equal(realm.run("performance.toJSON().timeOrigin"), origin);
});
