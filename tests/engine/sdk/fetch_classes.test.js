// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

// As in Node.js, in both realms; expressions may be promises.
const realms = [new Realm(), new Realm({ frozen: true })];
const wrap = (expression) => `(async () => JSON.stringify(await (${expression})))()`;
const outcome = async (evaluate) => {
  try {
    return JSON.parse((await evaluate()) ?? "null");
  } catch (error) {
    return error.name;
  }
};
async function same(expression) {
  const theirs = await outcome(() => (0, eval)(wrap(expression)));
  for (const realm of realms) {
    const ours = await outcome(() => realm.run(`"use strict"; ${wrap(expression)}`));
    assert.deepEqual(ours, theirs, expression);
  }
  return theirs;
}
const url = "'https://a.test/b'";
const request = (init) => `(() => { const r = new Request(${url}, ${init});
  return [r.method, r.url, [...r.headers], r.redirect, r.cache, r.bodyUsed]; })()`;
const response = (values) => `(() => { const r = new Response(${values});
  return [r.status, r.statusText, r.ok, r.type, r.url, r.redirected, [...r.headers], r.bodyUsed]; })()`;

test("requests take the members that mean something", async () => {
  await same(request("undefined"));
  await same(request("null"));
  await same(request("{}"));
  await same(request("{ method: 'post', headers: { A: 'b' }, body: 'x' }"));
  await same(request("{ method: 'patch' }"));
  await same(request("{ method: 'Purge', redirect: 'manual', cache: 'no-store' }"));
  await same(request("{ redirect: 'error', mode: 'cors', credentials: 'omit', unknown: 1 }"));
  for (const method of ["get", "Head", "oPtIoNs", "delete", "PUT", "foo", "Patch"])
    await same(request(`{ method: '${method}' }`));
  for (const init of [
    "1",
    "'a'",
    "{ method: 'CONNECT' }",
    "{ method: 'trace' }",
    "{ method: 'Track' }",
    "{ method: 'a b' }",
    "{ method: '' }",
    "{ redirect: 'x' }",
    "{ cache: 'x' }",
    "{ signal: 1 }",
    "{ signal: {} }",
    "{ body: 'x' }",
    "{ method: 'HEAD', body: '' }",
    "{ headers: 1 }",
    "{ headers: { 'a b': 1 } }",
    "{ redirect: 'toString' }",
  ]) {
    assert.equal(await same(request(init)), "TypeError", init);
  }
  for (const text of ["Request()", "new Request()", "Request.prototype.url", "new Request('/x')"])
    assert.equal(await same(text), "TypeError", text);
});

test("URLs are what the URL parser makes of them", async () => {
  for (const text of [
    "https://a.test",
    "https://a.test/",
    "http://a.test/b?c=d&e=%20#f",
    "https://A.test/B",
    "https://a.test:443/",
    "https://a.test:8443/x",
    "https://a.test/a/../b",
    "https://a.test/./b",
    "https://a.test/%2e%2e/b",
    "https://a.test/a/.%2E/b",
    "https://127.1/",
    "https://0x7f.0x1/",
    "https://a.1/",
    "https://b\u00fccher.test/\u00fc",
    "https://xn--bcher-kva.test/",
    " https://a.test/ ",
    "https://a.test/a b",
    "https://a.test/'?'",
    "https://a.test/a?'",
    "https:a.test/",
    "https://a..b/",
    "https://a.test\\b",
    "https://u@a.test/",
    "https://u:p@a.test/",
    "https://:p@a.test/",
    "https:///x",
    "https://",
    "http://?x",
    "https://a.test?x",
    "ftp://a.test/",
    "data:,x",
    "https://a-.test/-",
    "https://a_b.test/",
    "https://a.test/~!$&()*+,;=:@?/..",
    "https://a.test./",
    "https://a.test/x?/../y",
    "https://[::1]/",
    "https://a.test/\ud800",
    "https://a.test/|`{}",
    "https://.a.test/",
    "HTTPS://a.test/",
  ]) {
    await same(`new Request(${JSON.stringify(text)}).url`);
  }
  await same("new Request(new URL('https://a.test/x y')).url");
  await same("new Request({ toString: () => 'https://a.test/' }).url");
});

test("a plain URL needs no parser", () => {
  const realm = new Realm();
  realm.run("new Request('https://api.example.com/v1/x?y=z&q=1', { method: 'POST', body: '{}' })");
  assert.deepEqual(realm.loaded, ["fetch"]);
});

test("bodies of every kind", async () => {
  for (const body of [
    "'h\u00e9llo'",
    "''",
    "'\\ud800x'",
    "'\\ufeffbom'",
    "new Uint8Array([104, 105, 255])",
    "new Uint8Array([1, 104, 105]).subarray(1)",
    "new Uint16Array([26984])",
    "new DataView(new Uint8Array([1, 104, 105]).buffer, 1)",
    "new Uint8Array([104]).buffer",
    "new URLSearchParams({ a: 'b c', d: '\u00e4' })",
    "5",
    "{}",
    "{ toString: () => 'x' }",
    "new Uint8Array([0xef, 0xbb, 0xbf, 0x61])",
  ]) {
    for (const make of [
      `new Response(${body})`,
      `new Request(${url}, { method: "POST", body: ${body} })`,
    ]) {
      await same(`${make}.text()`);
      await same(`${make}.arrayBuffer().then((b) => [...new Uint8Array(b)])`);
      await same(`[...${make}.headers]`);
      await same(`(async () => { const b = ${make}; const before = b.bodyUsed; await b.text();
        return [before, b.bodyUsed]; })()`);
    }
  }
  assert.equal(await same("new Response(Symbol())"), "TypeError");
  await same(`[...new Response("x", { headers: { "content-type": "a/b" } }).headers]`);
  await same(`new Response('{"a":[1]}').json()`);
  await same(`new Response('\\ufeff{"a":[1]}').json()`);
  assert.equal(await same("new Response('{').json()"), "SyntaxError");
  assert.equal(await same("new Response().json()"), "SyntaxError");
  assert.equal(await same("Response.prototype.text.call({})"), "TypeError");
  const copy = "const b = new Uint8Array([1, 2]); const r = new Response(b); b[0] = 9;";
  for (const realm of realms) {
    assert.equal(
      await realm.run(`(async () => { ${copy} return String(await r.bytes()); })()`),
      "1,2",
    );
    const exact =
      "new Response('abc').bytes().then((b) => b instanceof Uint8Array && b.buffer.byteLength)";
    assert.equal(await realm.run(exact), 3);
  }
});

test("a long body is parsed in pieces", async () => {
  const realm = new Realm({ guardLimits: { json: 100 } });
  const text = JSON.stringify({ a: Array(100).fill("x") });
  const made = await realm.run(`new Response(${JSON.stringify(text)}).json()`);
  assert.equal(JSON.stringify(made), text);
  assert.ok(realm.loaded.includes("loops"));
});

test("a body is used once", async () => {
  for (const make of ["new Response('x')", `new Request(${url}, { method: "POST", body: "x" })`]) {
    assert.equal(
      await same(`(async () => { const b = ${make}; await b.text(); return b.text(); })()`),
      "TypeError",
    );
    assert.equal(
      await same(`(async () => { const b = ${make}; await b.text(); b.clone(); })()`),
      "TypeError",
    );
    await same(`(async () => { const b = ${make}, c = b.clone(); c.headers.set("x", "y");
      return [await b.text(), await c.text(), b.headers.has("x"), b !== c]; })()`);
  }
  await same(
    "(async () => { const r = new Response(); await r.text(); return [await r.text(), r.bodyUsed]; })()",
  );
  for (const realm of realms) {
    assert.equal(realm.run(`new Response().body`), null);
    assert.equal(realm.run(`new Request(${url}).body`), null);
    for (const make of [
      "new Response('x')",
      `new Request(${url}, { method: "POST", body: "x" })`,
    ]) {
      assert.throws(
        () => realm.run(`${make}.body`),
        (error) => error.name === "NotSupportedError" && /text\(\).*bytes\(\)/.test(error.message),
      );
    }
  }
});

test("a request is made of another one, which gives its body away", async () => {
  const first = `const a = new Request(${url}, { method: "PUT", headers: { x: "1" }, body: "b",
    redirect: "manual", cache: "reload" });`;
  await same(`(async () => { ${first} const c = new Request(a);
    return [a.bodyUsed, c.bodyUsed, c.method, [...c.headers], c.redirect, c.cache, await c.text()]; })()`);
  await same(`(async () => { ${first} const c = new Request(a, { headers: { y: 2 }, body: "other" });
    return [a.bodyUsed, [...c.headers], await c.text(), await a.text()]; })()`);
  await same(`(() => { ${first} const c = new Request(a, { headers: { y: 2 } });
    c.headers.set("z", 3); return [[...c.headers], [...a.headers]]; })()`);
  assert.equal(
    await same(`(() => { ${first} new Request(a, { method: "GET" }); })()`),
    "TypeError",
  );
  assert.equal(await same(`(() => { ${first} new Request(a); new Request(a); })()`), "TypeError");
  assert.equal(
    await same(`(async () => { ${first} await a.text(); new Request(a); })()`),
    "TypeError",
  );
  await same(
    `(async () => { ${first} await a.text(); return new Request(a, { body: "x" }).text(); })()`,
  );
});

test("a request's signal follows the one that it was given", async () => {
  await same(`(() => { const c = new AbortController(); const r = new Request(${url}, { signal: c.signal });
    const s = r.signal; const before = s.aborted; c.abort("why"); const t = new Request(r).signal;
    return [before, s.aborted, s.reason, t.aborted, t.reason, r.signal === s, s === c.signal]; })()`);
  await same(`(() => { const r = new Request(${url}, { signal: AbortSignal.abort(1) });
    return [r.signal.aborted, r.signal.reason, new Request(r, { signal: null }).signal.aborted]; })()`);
  await same(
    `[new Request(${url}).signal.aborted, new Request(${url}).signal instanceof AbortSignal]`,
  );
});

test("responses", async () => {
  await same(response(""));
  await same(response("null"));
  await same(response("undefined, undefined"));
  await same(response("'x', { status: 404, statusText: 'No \u00e9\\t', headers: [['A', 'b']] }"));
  await same(response("null, { status: 204 }"));
  await same(response("'', { status: 599 }"));
  await same(response("null, { status: '201' }"));
  await same(response("null, { status: 65736 }"));
  for (const status of ["199", "600", "0", "'x'", "-1"])
    assert.equal(await same(response(`null, { status: ${status} }`)), "RangeError");
  for (const values of [
    "'x', { status: 204 }",
    "'', { status: 304 }",
    "'', { status: 205 }",
    "null, 1",
    "null, { statusText: '\\n' }",
    "null, { statusText: '\u0100' }",
    "null, { headers: null }",
  ]) {
    assert.equal(await same(response(values)), "TypeError", values);
  }
  assert.equal(await same("Response()"), "TypeError");
});

test("Response.json, error and redirect", async () => {
  const show = (make) => `(async () => { const r = ${make};
    return [r.status, r.statusText, r.type, [...r.headers], await r.text()]; })()`;
  await same(show("Response.json({ a: [1, null] })"));
  await same(show("Response.json('x', { status: 201, headers: { 'content-type': 'a/b' } })"));
  for (const data of ["", "undefined", "() => 1", "Symbol()", "1n", "1, { status: 204 }"])
    assert.equal(await same(show(`Response.json(${data})`)), "TypeError", data);
  await same(show("Response.error()"));
  await same(show("Response.redirect('https://a.test/x y')"));
  await same(show("Response.redirect('https://a.test/', 308)"));
  assert.equal(await same("Response.redirect('https://a.test/', 200)"), "RangeError");
  assert.equal(await same("Response.redirect('nonsense')"), "TypeError");
  for (const make of ["Response.error()", "Response.redirect('https://a.test/')"]) {
    for (const change of ["append('a', 'b')", "set('a', 'b')", "delete('a')"])
      assert.equal(await same(`${make}.headers.${change}`), "TypeError");
  }
});

test("subclasses", async () => {
  await same(`(async () => { class R extends Response { get twice() { return this.text().then((t) => t + t); } }
    const r = new R("a"); return [await r.twice, r instanceof R, r instanceof Response]; })()`);
  await same(`(() => { class H extends Headers { get a() { return this.get("a"); } }
    return [new H({ a: 1 }).a, new Request(${url}, { headers: new H({ b: 2 }) }).headers.get("b")]; })()`);
});
