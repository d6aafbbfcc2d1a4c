// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { types } from "node:util";
import { answer, frame, Realm } from "./realm.js";

// What a tenant may do to its own realm; `seen` collects what reaches the tenant's functions.
const tampering = `
  globalThis.seen = [];
  (() => {
    const { defineProperty } = Reflect;
    const see = (name, self, values) => defineProperty(seen, seen.length, {
      __proto__: null, value: { __proto__: null, name, self, values }, configurable: true,
    });
    const spy = (name) => function () { see(name, this, arguments); throw name; };
    const spies = [];
    for (const prototype of [Array.prototype, String.prototype, Function.prototype, Object.prototype,
                             RegExp.prototype, Map.prototype, WeakMap.prototype, Date.prototype,
                             Object.getPrototypeOf(Uint8Array.prototype), Error.prototype,
                             Promise.prototype, Promise, JSON, Math, Date, Reflect, Object]) {
      for (const key of Reflect.ownKeys(prototype)) {
        const { value, writable } = Object.getOwnPropertyDescriptor(prototype, key);
        if (typeof value !== "function" || !writable || key === "constructor") continue;
        spies.push([prototype, key, spy(String(key))]);
      }
    }
    for (const key of ["get", "set", "value", "writable", "path", "next", "0", "1", "2", "apply",
                       "indent", "invalid", "intervals", "signal", "warned", "transfer", "once", "type",
                       "callback", "enumerable", "configurable"]) {
      const descriptor = {
        __proto__: null, configurable: true,
        get() { see("get " + key, this); }, set(value) { see("set " + key, value); },
      };
      spies.push([Object.prototype, key, undefined, descriptor]);
    }
    for (let i = 0; i < spies.length; i++) {
      const spied = spies[i];
      const value = { __proto__: null, value: spied[2], writable: true, configurable: true };
      defineProperty(spied[0], spied[1], spied.length > 3 ? spied[3] : value);
    }
    globalThis.Proxy = globalThis.Promise = globalThis.TypeError = spy("global");
    seen.length = 0;
  })();
`;

function tampered() {
  const realm = new Realm();
  realm.run(tampering);
  realm.seen = realm.run("seen");
  assert.throws(
    () => realm.run("[].push(1)"),
    (thrown) => thrown === "push",
  );
  assert.equal(realm.seen.length, 1);
  realm.seen.length = 0;
  return realm;
}

test("a changed realm cannot disturb a plain invocation, nor see into it", async () => {
  const realm = tampered();
  assert.equal(realm.start("(event) => [event.data.a, event.name]", '{"a":1}'), '[1,"onTest"]');
  const promise = realm.start("async (event) => event.data", "[1]");
  assert.equal(realm.finish(await realm.settled(promise)), "[1]");
  assert.equal(realm.start("() => () => 1"), 1);
  assert.match(realm.start("() => 1n").invalid.message, /BigInt/);
  assert.equal(realm.seen.length, 0);
});

test("a changed realm still logs, calls the host, and has timers and limits", async () => {
  const realm = tampered();
  realm.answer = (name, values) => values[0];
  const handler = `(event, { log, limits, host }) => {
    log("text", 1); log.warn(true); console.error(null, undefined, -0, 5n);
    setTimeout((a) => log("timer " + a), 5, 7);
    const id = setInterval(() => clearInterval(id), 5);
    queueMicrotask(() => log("microtask"));
    return host.a.b(limits.remaining().cpuMs);
  }`;
  assert.equal(realm.finish(await realm.settled(realm.start(handler))), "1");
  assert.deepEqual(realm.calls, [{ name: "host:a.b", text: "[1]" }]);
  assert.deepEqual(realm.fireTimers(), [5, 5]);
  assert.deepEqual(realm.logs, [
    [1, "text 1"],
    [2, "true"],
    [3, "null undefined -0 5n"],
    [1, "microtask"],
    [1, "timer 7"],
  ]);
  assert.equal(realm.timers.size, 0);
  assert.equal(realm.seen.length, 0);
});

test("the soft limit is told in a changed realm", async () => {
  const realm = new Realm();
  realm.run("new AbortController()");
  realm.run(tampering);
  const handler = `(event, { limits }) => {
    const { signal } = limits;
    globalThis.told = 0;
    signal.addEventListener("abort", () => globalThis.told++);
    globalThis.reasonOf = () => signal.reason.name;
  }`;
  realm.start(handler);
  realm.hooks.warn();
  assert.equal(realm.run("told"), 1);
  assert.equal(realm.run("reasonOf()"), "CpuTimeWarning");
});

// Arrays, texts and promises of the realm are the tenant's to break; what the host is sent is not.
const requests = `async (event, { request, fetch, secret, parameters }) => {
  const headers = { __proto__: null, B: "2", a: " 1 ", authorization: secret.encode("a", secret("b")) };
  const sent = await fetch("https://a.test/", { __proto__: null, method: "post", body: "x", headers });
  const bytes = await request("name", { __proto__: null, context: { a: "b" }, body: "text", user: "u" });
  await request("bare");
  await parameters();
  const copy = sent.clone().headers.keys().next().value + (await sent.json()).c;
  return [sent.status, copy, bytes.status, bytes.body[0], bytes.headers.d];
}`;

function checkRequests(realm) {
  const [first, ...others] = realm.calls;
  assert.match(
    first.text,
    /^\[\{"url":"https:\/\/a\.test\/","method":"POST","headers":\[\["b","2"\],\["a","1"\],\["authorization","sublet-secret-[0-9a-f]{32}-[0-9a-f]+-"\],\["content-type","text\/plain;charset=UTF-8"\]\],"redirect":"follow","cache":"default","body":true,"nonce":"[0-9a-f]{32}"\}\]$/,
  );
  assert.deepEqual([types.isUint8Array(first.body), first.body[0]], [true, 120]); // "x"
  assert.deepEqual(others, [
    {
      name: "request",
      text: '["name",{"context":{"a":"b"},"user":"u","type":"text"}]',
      body: "text",
    },
    { name: "request", text: '["bare",{}]' },
    { name: "parameters", text: "[]" },
  ]);
}

test("requests are sent and answered in a changed realm as in any other", async () => {
  for (const touch of ["", "Headers", "void new Response('a').text()"]) {
    const realm = new Realm();
    realm.answer = (name) => {
      if (name === "request") return frame({ status: 201, headers: [["d", "e"]] }, [255]);
      return realm.parse(JSON.stringify(answer({ text: '{"c":3}', headers: [["via", "f"]] })));
    };
    realm.run(touch);
    realm.run(tampering);
    const result = realm.run(`(${requests})`);
    const promise = realm.hooks.start(result, null, "onTest", "e1", 1, "acme", "test");
    assert.equal(realm.finish(await realm.settled(promise)), '[200,"via3",201,255,"e"]');
    checkRequests(realm);
  }
});

test("what is planted on prototypes is no part of a request", async () => {
  const realm = new Realm();
  realm.answer = () => answer();
  realm.run(`for (const prototype of [Object.prototype, Array.prototype, String.prototype, Function.prototype]) {
    prototype.toJSON = () => "planted";
    prototype.nonce = "0".repeat(32);
  }`);
  await realm.value(
    "async (e, { request, fetch }) => { await request('a'); await fetch('https://a.test/'); }",
  );
  assert.deepEqual(
    realm.calls.map(({ text }) => text),
    [
      '["a",{}]',
      '[{"url":"https://a.test/","method":"GET","headers":[],"redirect":"follow","cache":"default","body":false}]',
    ],
  );
});

test("tenant functions never get the native object or the core", () => {
  const realm = new Realm();
  realm.run(tampering);
  realm.seen = realm.run("seen");
  for (const text of [
    "URL",
    "new AbortController()",
    "console.log({ a: [1] })",
    "TextDecoder",
    "atob('YQ')",
    "new Headers([['a', 'b']])",
    "new Request('https://ü.test/', { method: 'PUT', body: new URLSearchParams('a=b') }).text()",
    "fetch('https://a.test/', { signal: new AbortController().signal })",
  ]) {
    try {
      realm.run(text);
    } catch {
      // A realm that the tenant broke may refuse; it may not leak.
    }
  }
  const secrets = new Set([
    realm.native,
    ...Object.values(realm.native),
    realm.hooks,
    ...Object.values(realm.hooks),
  ]);
  const holds = (value, depth) =>
    secrets.has(value) ||
    (depth > 0 &&
      value !== null &&
      typeof value === "object" &&
      Reflect.ownKeys(value).some((key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
        return "value" in descriptor && holds(descriptor.value, depth - 1);
      }));
  for (let i = 0; i < realm.seen.length; i++)
    assert.ok(!holds(realm.seen[i], 4), String(realm.seen[i].name));
});
