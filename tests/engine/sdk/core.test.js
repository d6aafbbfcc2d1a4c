// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm, source } from "./realm.js";

test("core is small and loads nothing by itself", () => {
  assert.ok(source("core").length < 25 * 1024);
  assert.deepEqual(new Realm().loaded, []);
});

test("a handler gets the event and the api", async () => {
  const realm = new Realm();
  const handler =
    "(event, api) => ({ event, api: Object.keys(api), frozen: Object.isFrozen(api) })";
  assert.deepEqual(await realm.value(handler, '{"a":[1]}'), {
    event: {
      id: "e1",
      name: "onTest",
      data: { a: [1] },
      attempt: 1,
      tenant: "acme",
      extension: "test",
    },
    api: ["log", "limits", "kv", "host", "request", "fetch", "parameters", "secret", "events",
      "schedule", "webhooks", "RetryError"],
    frozen: true,
  });
});

test("a missing payload is null", async () => {
  assert.equal(await new Realm().value("(event) => event.data"), null);
});

test("every kind of result has its form", async () => {
  const realm = new Realm();
  assert.equal(realm.start("() => undefined"), undefined);
  assert.equal(realm.start("() => null"), "null");
  assert.equal(realm.start("() => 'a'"), '"a"');
  assert.equal(realm.start("() => () => 1"), 1);
  assert.equal(realm.start("() => Symbol('a')"), 1);
  assert.match(realm.start("() => 1n").invalid.message, /BigInt/);
  assert.match(
    realm.start("() => { const a = {}; a.a = a; return a; }").invalid.message,
    /circular/,
  );
  assert.equal(realm.start("() => ({ toJSON() { throw 7; } })").invalid, 7);
  assert.throws(() => realm.start("() => { throw new RangeError('x'); }"), { name: "RangeError" });
});

test("a promise or thenable becomes a native promise", async () => {
  const realm = new Realm();
  const promise = realm.start("async () => ({ a: 1 })");
  assert.ok(promise instanceof realm.run("Promise"));
  assert.equal(realm.finish(await promise), '{"a":1}');
  assert.equal(await realm.value("() => ({ then(f) { f(5); } })"), 5);
  assert.deepEqual(await realm.value("() => ({ then: 5 })"), { then: 5 });
  await assert.rejects(realm.value("async () => { throw new TypeError('x'); }"), {
    name: "TypeError",
  });
});
