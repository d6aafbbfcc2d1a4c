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
const sent = async (realm, call) => {
  realm.calls.length = 0;
  await realm.value(`async (e, { fetch }) => void await ${call}`);
  assert.equal(realm.calls.length, 1);
  assert.equal(realm.calls[0].name, "fetch");
  return realm.calls[0];
};
const failure = (realm, call) =>
  realm.value(`async (e, api) => {
    try { await ${call}; return "no error"; }
    catch (e) { return { name: e?.name, message: e?.message, code: e?.code, is: e instanceof TypeError, e }; }
  }`);

test(
  "what the host is sent",
  both(async (realm) => {
    assert.deepEqual(await sent(realm, "fetch('https://a.test/b?c')"), {
      name: "fetch",
      text:
        '[{"url":"https://a.test/b?c","method":"GET","headers":[],"redirect":"follow",' +
        '"cache":"default","body":false}]',
    });
    const { text, body } = await sent(
      realm,
      `fetch(new URL("https://A.test/\u00fc"), { method: "post",
    headers: [["X-B", "1\\"\u00ff"], ["a", " 2 "], ["x-b", "3"]], redirect: "manual", cache: "no-store",
    timeout: 1500.7, body: "h\u00e9" })`,
    );
    assert.equal(
      text,
      '[{"url":"https://a.test/%C3%BC","method":"POST","headers":[["x-b","1\\"\u00ff"],["a","2"],' +
        '["x-b","3"],["content-type","text/plain;charset=UTF-8"]],"redirect":"manual",' +
        '"cache":"no-store","body":true,"timeout":1500}]',
    );
    assert.equal(Buffer.from(body).toString(), "h\u00e9");
  }),
);

test(
  "bodies are sent as bytes",
  both(async (realm) => {
    for (const [given, bytes, type] of [
      ["'\\ud800'", [0xef, 0xbf, 0xbd], "text/plain;charset=UTF-8"],
      ["''", [], "text/plain;charset=UTF-8"],
      ["new Uint8Array([1, 2, 255]).subarray(1)", [2, 255]],
      ["new Uint8Array([7]).buffer", [7]],
      [
        "new URLSearchParams('a=b')",
        [97, 61, 98],
        "application/x-www-form-urlencoded;charset=UTF-8",
      ],
    ]) {
      const { text, body } = await sent(
        realm,
        `fetch("https://a.test/", { method: "PUT", body: ${given} })`,
      );
      assert.ok(body instanceof realm.run("Uint8Array"));
      assert.deepEqual([...body], bytes);
      const [{ headers, body: has }] = JSON.parse(text);
      assert.equal(has, true);
      assert.deepEqual(headers, type === undefined ? [] : [["content-type", type]]);
    }
  }),
);

test(
  "a Request is sent, and its body used",
  both(async (realm) => {
    const { text, body } = await sent(
      realm,
      `(async () => {
    const r = new Request("https://a.test/", { method: "POST", body: "x", timeout: 5 });
    await fetch(r);
    if (!r.bodyUsed) throw new Error("unused");
  })()`,
    );
    assert.equal(JSON.parse(text)[0].timeout, 5);
    assert.equal(String(body), "120");
  }),
);

test(
  "the answer",
  both(async (realm) => {
    realm.answer = () =>
      answer({
        status: 404,
        statusText: "No",
        url: "https://a.test/c",
        redirected: true,
        text: '\ufeff{"a":1}',
        headers: [
          ["content-type", "text/x"],
          ["set-cookie", "a=1, b"],
          ["set-cookie", "c"],
          ["via", "1"],
          ["via", "2"],
        ],
      });
    assert.deepEqual(
      await realm.value(`async (e, { fetch }) => {
    const r = await fetch("https://a.test/");
    const clone = r.clone();
    const shown = [r instanceof Response, r.status, r.statusText, r.ok, r.type, r.url, r.redirected,
                   [...r.headers], r.headers.getSetCookie(), r.bodyUsed, await r.json(), r.bodyUsed];
    try { r.headers.set("a", "b"); } catch (e) { shown.push(e.name); }
    return [...shown, await clone.text(), clone.url];
  }`),
      [
        true,
        404,
        "No",
        false,
        "basic",
        "https://a.test/c",
        true,
        [
          ["content-type", "text/x"],
          ["set-cookie", "a=1, b"],
          ["set-cookie", "c"],
          ["via", "1, 2"],
        ],
        ["a=1, b", "c"],
        false,
        { a: 1 },
        true,
        "TypeError",
        '{"a":1}',
        "https://a.test/c",
      ],
    );
    realm.answer = () => answer({ status: 204, text: "" });
    assert.deepEqual(
      await realm.value(`async () => {
    const r = await fetch("https://a.test/");
    return [r.body, await r.text(), await r.text(), r.bodyUsed, r.ok];
  }`),
      [null, "", "", false, true],
    );
    for (const status of [101, 599, 999]) {
      // what a server says is not checked here
      realm.answer = () => answer({ status });
      assert.equal(
        await realm.value(`async () => (await fetch("https://a.test/")).status`),
        status,
      );
    }
  }),
);

test(
  "a body that is no UTF-8 comes in a frame",
  both(async (realm) => {
    const bytes = [255, 0, 1, 254];
    realm.answer = () => frame({ statusText: "\u00fc" }, bytes);
    assert.deepEqual(
      await realm.value(`async () => {
    const show = async (name) => [...new Uint8Array(await (await fetch("https://a.test/"))[name]())];
    const r = await fetch("https://a.test/");
    const { buffer } = await r.clone().bytes();
    return [r.statusText, await show("bytes"), await show("arrayBuffer"), buffer.byteLength,
            (await r.clone().arrayBuffer()).byteLength, await r.text()];
  }`),
      ["\u00fc", bytes, bytes, 4, 4, "\ufffd\0\u0001\ufffd"],
    );
    for (const size of [0, 1, 200000]) {
      const body = new Uint8Array(size).fill(200);
      realm.answer = () => frame({ headers: [["a", "x".repeat(300)]] }, body);
      assert.deepEqual(
        await realm.value(`async () => {
      const r = await fetch("https://a.test/"), b = await r.bytes();
      return [r.headers.get("a").length, b.length, b.every((byte) => byte === 200)];
    }`),
        [300, size, true],
      );
    }
  }),
);

test(
  "what failed is a TypeError with the host's code",
  both(async (realm) => {
    realm.answer = () => {
      throw Object.assign(new Error("fetch: a.test is not allowed"), { code: "fetch_denied" });
    };
    for (const call of ["fetch('https://a.test/')", "api.fetch('https://a.test/')"]) {
      assert.deepEqual(await failure(realm, call), {
        name: "TypeError",
        message: "fetch: a.test is not allowed",
        code: "fetch_denied",
        is: true,
        e: { code: "fetch_denied" },
      });
    }
    realm.answer = () => {
      throw new Error("too many host calls");
    };
    const plain = await failure(realm, "fetch('https://a.test/')");
    assert.deepEqual(
      [plain.name, plain.message, "code" in plain],
      ["TypeError", "too many host calls", false],
    );
  }),
);

test(
  "what is no request is rejected, not thrown",
  both(async (realm) => {
    for (const call of [
      "fetch()",
      "api.fetch()",
      "fetch('/relative')",
      "fetch('https://u:p@a.test/')",
      "fetch('https://a.test/', 5)",
      "fetch('https://a.test/', { method: 'TRACE' })",
      "fetch('https://a.test/', { body: 'x' })",
      "fetch('https://a.test/', { timeout: 0 })",
      "fetch('https://a.test/', { timeout: 'x' })",
      "fetch('https://a.test/', { timeout: Infinity })",
      "fetch('https://a.test/', { signal: {} })",
      "fetch(Symbol())",
    ]) {
      const { name } = await failure(
        realm,
        `(() => {
      const p = ${call}; if (!(p instanceof Promise)) throw new Error(); return p; })()`,
      );
      assert.equal(name, "TypeError", call);
    }
    assert.equal(realm.calls.length, 0);
  }),
);

test(
  "an aborted signal rejects with its reason",
  both(async (realm) => {
    const why = async (call) => (await failure(realm, call)).e;
    assert.equal(
      await why("fetch('https://a.test/', { signal: AbortSignal.abort('why') })"),
      "why",
    );
    assert.equal(realm.calls.length, 0);
    assert.equal(
      (await failure(realm, "fetch('https://a.test/', { signal: AbortSignal.abort() })")).name,
      "AbortError",
    );
    // The host has not answered yet; what it answers later is dropped.
    const late = [];
    realm.answer = () => ({ then: (resolve) => void late.push(resolve) });
    const pending = `(() => {
    const c = new AbortController();
    const p = fetch(new Request("https://a.test/", { signal: c.signal }));
    setTimeout(() => c.abort("late"), 1);
    return p;
  })()`;
    const outcome = why(pending);
    await new Promise(setImmediate);
    realm.fireTimers();
    assert.equal(await outcome, "late");
    assert.equal(late.length, 1);
    late[0](answer());
    await new Promise(setImmediate);
    // A signal that aborts afterwards changes nothing.
    realm.answer = () => answer();
    assert.deepEqual(
      await realm.value(`async () => {
    const c = new AbortController(), seen = [];
    for (let i = 0; i < 3; i++) seen.push((await fetch("https://a.test/", { signal: c.signal })).status);
    c.abort();
    return [...seen, c.signal.aborted];
  }`),
      [200, 200, 200, true],
    );
  }),
);

test(
  "limits.signal ends a fetch when CPU time runs out",
  both(async (realm) => {
    realm.answer = () => ({ then() {} });
    const outcome = realm.value(`async (e, { fetch, limits }) => {
    try { await fetch("https://a.test/", { signal: limits.signal }); } catch (e) { return e.name; }
  }`);
    await new Promise(setImmediate);
    realm.hooks.warn();
    assert.equal(await outcome, "CpuTimeWarning");
  }),
);

test(
  "placeholders go out with their nonce",
  both(async (realm) => {
    const before = await sent(realm, "fetch('https://a.test/')");
    assert.equal("nonce" in JSON.parse(before.text)[0], false);
    const { text } = await realm
      .value(
        `async (e, { fetch, secret }) => {
    await fetch("https://a.test/", { headers: { authorization: "Bearer " + secret("key") } });
  }`,
      )
      .then(() => realm.calls.at(-1));
    const [{ headers, nonce }] = JSON.parse(text);
    assert.match(nonce, /^[0-9a-f]{32}$/);
    const hex = Buffer.from('{"secret":"key"}').toString("hex");
    assert.deepEqual(headers, [["authorization", `Bearer sublet-secret-${nonce}-${hex}-`]]);
    const after = await sent(realm, "fetch('https://a.test/')");
    assert.equal(JSON.parse(after.text)[0].nonce, nonce);
  }),
);
