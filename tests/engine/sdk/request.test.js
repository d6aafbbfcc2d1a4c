// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm, answer, frame } from "./realm.js";

const both = (body) => async () => {
  for (const frozen of [false, true]) {
    const realm = new Realm({ frozen });
    realm.answer = () => answer();
    await body(realm);
  }
};
const sent = async (realm, values) => {
  realm.calls.length = 0;
  await realm.value(`async (e, { request }) => void await request(${values})`);
  assert.equal(realm.calls.length, 1);
  const { name, ...rest } = realm.calls[0];
  assert.equal(name, "request");
  return rest;
};
const failure = (realm, expression) =>
  realm.value(`async (e, api) => {
    const { request, secret } = api;
    try { await ${expression}; return "no error"; }
    catch (e) { return { name: e?.name, message: e?.message, code: e?.code, e }; }
  }`);

test(
  "what the host is sent",
  both(async (realm) => {
    assert.deepEqual(await sent(realm, '"list"'), { text: '["list",{}]' });
    assert.deepEqual(await sent(realm, '"a\\"b", {}'), { text: '["a\\"b",{}]' });
    assert.deepEqual(
      await sent(
        realm,
        '"x", { user: "u\\"", timeout: 1500.7, context: { a: [1, "\u00e9"], b: undefined }, signal: null, other: 1 }',
      ),
      { text: '["x",{"context":{"a":[1,"\u00e9"]},"timeout":1500,"user":"u\\""}]' },
    );
    assert.deepEqual(
      await sent(realm, '"x", { context: undefined, body: undefined, user: undefined }'),
      {
        text: '["x",{}]',
      },
    );
  }),
);

test(
  "bodies",
  both(async (realm) => {
    assert.deepEqual(await sent(realm, '"x", { body: "t\u00e9xt" }'), {
      text: '["x",{"type":"text"}]',
      body: "t\u00e9xt",
    });
    assert.deepEqual(await sent(realm, '"x", { context: {}, body: "" }'), {
      text: '["x",{"context":{},"type":"text"}]',
      body: "",
    });
    for (const [given, json] of [
      ["{ a: [1] }", '{"a":[1]}'],
      ["[]", "[]"],
      ["5", "5"],
      ["null", "null"],
      ["true", "true"],
      ["new Date(0)", '"1970-01-01T00:00:00.000Z"'],
      ["{ toJSON: () => 'x' }", '"x"'],
    ]) {
      assert.deepEqual(await sent(realm, `"x", { body: ${given} }`), {
        text: '["x",{"type":"json"}]',
        body: json,
      });
    }
    for (const given of [
      "new Uint8Array([1, 2]).subarray(1)",
      "new Uint8Array([2]).buffer",
      "new DataView(new Uint8Array([2]).buffer)",
      "new Int8Array([2])",
    ]) {
      const { text, body } = await sent(realm, `"x", { body: ${given} }`);
      assert.equal(text, '["x",{"type":"bytes"}]');
      assert.ok(body instanceof realm.run("Uint8Array"));
      assert.equal(String(body), "2");
    }
  }),
);

test(
  "arguments that are wrong",
  both(async (realm) => {
    for (const values of [
      "",
      "5",
      "null",
      "Symbol()",
      '"x", null',
      '"x", 5',
      '"x", "y"',
      '"x", { context: null }',
      '"x", { context: [] }',
      '"x", { context: "y" }',
      '"x", { context: () => 1 }',
      '"x", { context: { toJSON() {} } }',
      '"x", { timeout: 0 }',
      '"x", { timeout: "5" }',
      '"x", { timeout: NaN }',
      '"x", { timeout: Infinity }',
      '"x", { user: 5 }',
      '"x", { user: null }',
      '"x", { body: () => 1 }',
      '"x", { body: Symbol() }',
      '"x", { body: 1n }',
      '"x", { body: { toJSON() {} } }',
      '"x", { signal: {} }',
      '"x", { signal: 5 }',
      '"x", { headers: {} }',
    ]) {
      const { name, code, message, e } = await failure(realm, `request(${values})`);
      assert.deepEqual(
        [name, code, e.code],
        ["TypeError", "request_argument", "request_argument"],
        values,
      );
      assert.match(message, /^request: /);
    }
    assert.equal(
      (await failure(realm, 'request("x", { context: { get a() { throw 7; } } })')).e,
      7,
    );
    assert.equal(realm.calls.length, 0);
  }),
);

test(
  "the answer has everything, with any status",
  both(async (realm) => {
    realm.answer = () =>
      answer({
        status: 404,
        url: "https://a.test/",
        redirected: true,
        text: '\ufeff{"key":"A-1"}',
        headers: [
          ["via", "1"],
          ["set-cookie", "a=1, b"],
          ["via", "2"],
          ["set-cookie", "c"],
          ["__proto__", "x"],
          ["tostring", "y"],
        ],
      });
    assert.deepEqual(
      await realm.value(`async (e, { request }) => {
    const r = await request("x");
    const { headers, ...rest } = r;
    return [rest, JSON.stringify(headers), Object.getPrototypeOf(headers) === Object.prototype, Object.keys(r),
            r.json().key, r.json().key, r.text(), [...r.bytes()].length,
            Object.keys(Object.getPrototypeOf(r)), r.headers.tostring];
  }`),
      [
        {
          status: 404,
          ok: false,
          url: "https://a.test/",
          redirected: true,
          body: '\ufeff{"key":"A-1"}',
        },
        '{"via":"1, 2","set-cookie":"a=1, b\\nc","__proto__":"x","tostring":"y"}',
        true,
        ["status", "ok", "headers", "url", "redirected", "body"],
        "A-1",
        "A-1",
        '{"key":"A-1"}',
        16,
        [],
        "y",
      ],
    );
    for (const [status, ok] of [
      [200, true],
      [299, true],
      [199, false],
      [300, false],
    ]) {
      realm.answer = () => answer({ status });
      assert.equal(await realm.value("async (e, { request }) => (await request('x')).ok"), ok);
    }
    realm.answer = () => answer({ text: "{" });
    assert.equal((await failure(realm, "request('x').then((r) => r.json())")).name, "SyntaxError");
  }),
);

test(
  "a body that is no UTF-8 is bytes",
  both(async (realm) => {
    realm.answer = () => frame({ status: 201, headers: [["a", "b"]] }, [255, 0, 97]);
    assert.deepEqual(
      await realm.value(`async (e, { request }) => {
    const r = await request("x");
    return [r.status, r.headers, r.body instanceof Uint8Array, [...r.body], [...r.bytes()], r.text()];
  }`),
      [201, { a: "b" }, true, [255, 0, 97], [255, 0, 97], "\ufffd\0a"],
    );
  }),
);

test(
  "the host's errors pass as they are",
  both(async (realm) => {
    realm.answer = () => {
      throw Object.assign(new Error("request: there is no template 'x'"), {
        code: "request_denied",
      });
    };
    const { name, message, code } = await failure(realm, "request('x')");
    assert.deepEqual(
      [name, message, code],
      ["Error", "request: there is no template 'x'", "request_denied"],
    );
  }),
);

test(
  "an aborted signal rejects with its reason",
  both(async (realm) => {
    assert.equal(
      (await failure(realm, "request('x', { signal: AbortSignal.abort('why') })")).e,
      "why",
    );
    assert.equal(realm.calls.length, 0);
    realm.answer = () => ({ then() {} });
    const outcome = failure(
      realm,
      `(() => {
    const c = new AbortController(); setTimeout(() => c.abort("late"), 1);
    return request("x", { signal: c.signal }); })()`,
    );
    await new Promise(setImmediate);
    realm.fireTimers();
    assert.equal((await outcome).e, "late");
  }),
);

test(
  "parameters are asked for",
  both(async (realm) => {
    realm.answer = (name, values) => ({ name, values });
    assert.deepEqual(await realm.value("(e, { parameters }) => parameters()"), {
      name: "parameters",
      values: [],
    });
    assert.deepEqual(
      realm.loaded.filter((name) => name !== "freeze"),
      [],
    );
  }),
);

const pattern = /sublet-secret-([0-9a-f]{32})-([0-9a-f]+)-/;
const decode = (placeholder) => {
  const found = new RegExp(`^${pattern.source}$`).exec(placeholder);
  return [found[1], Buffer.from(found[2], "hex").toString()];
};

test(
  "placeholders name what the host puts in their place",
  both(async (realm) => {
    const made = await realm.value(`(e, { secret }) => [secret("api_key"), secret('\u00e9"\\ud800'),
    secret.token("crm"), secret.token("crm", {}), secret.token("crm", { user: "u1" }),
    secret.encode("user:", secret("password")), secret.encode()]`);
    const [nonces, texts] = [0, 1].map((part) => made.map((text) => decode(text)[part]));
    assert.equal(new Set(nonces).size, 1);
    assert.deepEqual(texts.slice(0, 5), [
      '{"secret":"api_key"}',
      '{"secret":"\u00e9\\"\\ud800"}',
      '{"token":"crm"}',
      '{"token":"crm"}',
      '{"token":"crm","user":"u1"}',
    ]);
    const { encode } = JSON.parse(texts[5]);
    assert.equal(encode.slice(0, 5), "user:");
    assert.deepEqual(decode(encode.slice(5)), [nonces[0], '{"secret":"password"}']);
    assert.equal(texts[6], '{"encode":""}');
    const other = new Realm();
    assert.notEqual(decode(await other.value("(e, { secret }) => secret('a')"))[0], nonces[0]);
    for (const call of [
      "secret()",
      "secret(5)",
      "secret.token()",
      "secret.token('a', { user: 5 })",
      "secret.encode('a', 5)",
    ]) {
      assert.equal((await failure(realm, call)).code, "request_argument", call);
    }
    assert.deepEqual(
      realm.loaded.filter((name) => name !== "freeze"),
      ["request"],
    );
  }),
);
