// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const both = (body) => async () => {
  for (const frozen of [false, true]) {
    const realm = new Realm({ frozen });
    realm.answer = () => realm.parse('{"id":"e9","status":"accepted","deliveries":1}');
    await body(realm);
  }
};
// What a call is sent as.
const sent = async (realm, expression) => {
  realm.calls.length = 0;
  await realm.value(
    `async (e, { events, schedule, webhooks }) => void await ${expression}`,
  );
  assert.equal(realm.calls.length, 1);
  return `${realm.calls[0].name} ${realm.calls[0].text}`;
};
const failure = (realm, expression) =>
  realm.value(`async (e, { events, schedule, webhooks }) => {
    try { await ${expression}; return "no error"; }
    catch (e) { return [e.name, e.message, e.code, e.retryAfter]; }
  }`);

test(
  "what the host is sent of a publication",
  both(async (realm) => {
    assert.equal(await sent(realm, 'events.publish("a")'), 'events.publish [["a",{}]]');
    assert.equal(
      await sent(realm, 'events.publish("a\\"", { b: [1, "\u00e9"], c: undefined })'),
      'events.publish [["a\\"",{},{"b":[1,"\u00e9"]}]]',
    );
    assert.equal(await sent(realm, 'events.publish("a", null)'), 'events.publish [["a",{},null]]');
    assert.equal(
      await sent(
        realm,
        `events.publish("a", 1, { key: "k", idempotencyKey: "i", delay: 1.5, at: new Date(7),
           expiresIn: 60, extension: "x", other: undefined })`,
      ),
      'events.publish [["a",{"key":"k","idempotencyKey":"i","delay":1.5,"at":7,"expiresIn":60,"extension":"x"},1]]',
    );
    assert.equal(
      await sent(realm, 'events.publish("a", new Date(0), { at: "2026-01-02T03:04:05Z" })'),
      'events.publish [["a",{"at":"2026-01-02T03:04:05Z"},"1970-01-01T00:00:00.000Z"]]',
    );
    // The host says what is wrong with these.
    assert.equal(await sent(realm, "events.publish(7)"), "events.publish [[null,{}]]");
    assert.equal(
      await sent(realm, 'events.publish("a", 0, { at: new Date(NaN), dealy: 1 })'),
      'events.publish [["a",{"at":null,"dealy":1},0]]',
    );
  }),
);

test(
  "what the host is sent of several",
  both(async (realm) => {
    assert.equal(await sent(realm, "events.publishMany([])"), "events.publishMany []");
    assert.equal(
      await sent(realm, 'events.publishMany([{ event: "a", data: { b: 1 }, key: "k" }, { event: "c" }])'),
      'events.publishMany [["a",{"key":"k"},{"b":1}],["c",{}]]',
    );
  }),
);

test(
  "a publication that is not taken rejects",
  both(async (realm) => {
    realm.answer = () =>
      realm.parse('{"id":"","status":"throttled","deliveries":0,"message":"too fast","retryAfter":1.5}');
    assert.deepEqual(await failure(realm, 'events.publish("a")'), ["Error", "too fast", "throttled", 1.5]);
    realm.answer = () => realm.parse('{"id":"","status":"denied","deliveries":0,"message":"no"}');
    assert.deepEqual(await failure(realm, 'events.publish("a")'), ["Error", "no", "denied", null]);
    realm.answer = () => realm.parse('{"id":"","status":"nobody_listens","deliveries":0}');
    assert.deepEqual(await realm.value('(e, { events }) => events.publish("a")'), {
      id: "",
      status: "nobody_listens",
      deliveries: 0,
    });
  }),
);

test(
  "arguments that are none reject at once",
  both(async (realm) => {
    const wrong = async (expression, code, message) =>
      assert.deepEqual(await failure(realm, expression), ["TypeError", message, code, null]);
    const events = "events_argument";
    await wrong('events.publish("a", 1, null)', events, "events: the options must be an object");
    await wrong('events.publish("a", 1, 5)', events, "events: the options must be an object");
    await wrong('events.publish("a", () => 1)', events, "events: the data is no JSON: function");
    await wrong('events.publish("a", 1n)', events, "events: the data is no JSON: bigint");
    await wrong('events.publish("a", 1, { key: 1n })', events, "events: key cannot be a bigint");
    await wrong('events.publish("a", 1, { key() {} })', events, "events: key cannot be a function");
    await wrong("events.publishMany({})", events, "events: publishMany needs an array");
    await wrong("events.publishMany([1])", events, "events: publications[0] must be an object");
    await wrong("schedule.create()", "schedule_argument", "schedule: the schedule must be an object");
    await wrong('schedule.update("a")', "schedule_argument", "schedule: the changes must be an object");
    assert.equal(realm.calls.length, 0);
  }),
);

test(
  "schedules and webhooks",
  both(async (realm) => {
    assert.equal(
      await sent(
        realm,
        `schedule.create({ name: "n", event: "e", cron: "0 9 * * 1", timeZone: "Europe/Berlin",
           data: { a: 1 }, catchUp: "all", enabled: false })`,
      ),
      'schedule.create [{"name":"n","event":"e","cron":"0 9 * * 1","timeZone":"Europe/Berlin",' +
        '"data":{"a":1},"catchUp":"all","enabled":false}]',
    );
    assert.equal(
      await sent(realm, 'schedule.create({ name: "n", event: "e", at: new Date(5) })'),
      'schedule.create [{"name":"n","event":"e","at":5}]',
    );
    assert.equal(
      await sent(realm, 'schedule.update("n", { enabled: false })'),
      'schedule.update ["n",{"enabled":false}]',
    );
    assert.equal(await sent(realm, 'schedule.delete("n")'), 'schedule.delete ["n"]');
    assert.equal(await sent(realm, 'schedule.get("n")'), 'schedule.get ["n"]');
    assert.equal(await sent(realm, "schedule.get()"), "schedule.get [null]");
    assert.equal(await sent(realm, "schedule.list()"), "schedule.list []");
    assert.equal(await sent(realm, 'webhooks.url("w")'), 'webhooks.url ["w"]');
    assert.equal(await sent(realm, 'webhooks.revoke("w")'), 'webhooks.revoke ["w"]');
  }),
);

// What the engine is told of an error: its wait in milliseconds.
const wait = async (realm, expression) => {
  realm.retries.length = 0;
  const seen = await realm.value(`(e, { RetryError }) => {
    try { return [(${expression}).name]; } catch (e) { return [e.name, e.message]; }
  }`);
  return realm.retries.length === 0 ? seen : realm.retries[0].milliseconds;
};

test(
  "RetryError is one class, with the wait that is asked for",
  both(async (realm) => {
    assert.deepEqual(
      await realm.value(`(e, api) => {
        const { RetryError } = api;
        class Busy extends RetryError { constructor() { super("b", { after: 2 }); this.name = "Busy"; } }
        const cause = {};
        const error = new RetryError("m", { cause });
        return [RetryError === api.events.RetryError, error instanceof Error, \`\${error}\`, error.cause === cause,
                new Busy().name, new Busy() instanceof RetryError, RetryError.name, Object.keys(error),
                Object.isFrozen(RetryError), Object.isFrozen(RetryError.prototype)];
      }`),
      [true, true, "RetryError: m", true, "Busy", true, "RetryError", [], true, true],
    );
    assert.deepEqual(await wait(realm, 'new RetryError("m")'), ["RetryError"]);
    assert.equal(await wait(realm, 'new RetryError("m", { after: 1.5 })'), 1500);
    assert.equal(await wait(realm, 'new RetryError("m", { after: 0 })'), 0);
    assert.equal(await wait(realm, 'new RetryError("m", { after: Infinity })'), Infinity);
    assert.equal(await wait(realm, 'new RetryError("m", { after: new Date(0) })'), 0);
    const ahead = await wait(realm, 'new RetryError("m", { after: new Date(Date.now() + 3600000) })');
    assert.ok(ahead > 3500000 && ahead <= 3600000, String(ahead));
    for (const after of ["-1", "NaN", "'5'", "null", "{}", "new Date(NaN)", "1n", "{ valueOf() { return 1; } }"]) {
      const [name, message] = await wait(realm, `new RetryError("m", { after: ${after} })`);
      assert.equal(name, "TypeError", after);
      assert.match(message, /^RetryError: after must be|BigInt|number/, after);
    }
  }),
);

test("in a changed realm events are sent as in any other", async () => {
  const realm = new Realm();
  realm.answer = () => realm.parse('{"id":"e9","status":"accepted","deliveries":1}');
  realm.run(`for (const prototype of [Object.prototype, Array.prototype, String.prototype, Number.prototype]) {
    for (const name of ["key", "extension", "delay", "message", "after"]) prototype[name] = "planted";
  }
  for (const prototype of [String.prototype, Number.prototype]) prototype.toJSON = () => "planted";
  Date.prototype.getTime = Date.now = Reflect.ownKeys = Object.keys = () => { throw new Error("planted"); };`);
  assert.equal(
    await sent(realm, 'events.publish("a", 1, { __proto__: null, at: new Date(7), extension: "x" })'),
    'events.publish [["a",{"at":7,"extension":"x"},1]]',
  );
  assert.equal(await sent(realm, 'schedule.get("n")'), 'schedule.get ["n"]');
});
