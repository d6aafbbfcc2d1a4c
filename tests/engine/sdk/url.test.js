// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const realm = new Realm();
const parts = (Class) => (input, base) => {
  try {
    const url = new Class(input, base);
    return [
      url.href,
      url.origin,
      url.protocol,
      url.username,
      url.password,
      url.host,
      url.port,
      url.pathname,
      url.search,
      url.hash,
      [...url.searchParams].join("|"),
    ].join("\n");
  } catch (error) {
    return error.name;
  }
};

test("URLs are parsed as Node.js parses them", () => {
  const ours = parts(realm.run("URL"));
  const theirs = parts(URL);
  const inputs = [
    "https://user:pa%20ss@Example.COM:8080/a/./b/../c?x=1&y=a+b#frag",
    "http://example.org:80",
    "HTTPS://EXAMPLE.org",
    "https://\u00fcml\u00e4ut.example/\u00e9?\u00e9",
    "https://xn--mlut-loa4h.example/",
    "https://[::1]:3000/x",
    "http://192.168.0.1.",
    "http://0x7f.1/",
    "http://256.256.256.256",
    "file:///c:/x",
    "data:text/plain,hi",
    "mailto:a@b.c",
    "javascript:1",
    "http://",
    "",
    "//x",
    "http://a b",
    "http://exa%6dple.org",
    "https://ex\u200dample.org",
    "https://\u4f8b\u3048.jp",
    "http://a..b",
    "http://-a-.example",
    "https://xn--",
    "http://a?b#c",
    "ws://h:443",
    "wss://h:443",
    "http://h:99999",
    "http://h:0",
    "blob:https://a.b/c",
    "non-special:/..//p",
    "\thttp://tab\n.org ",
    "https://faß.de",
    "https://XN--FA-HIA.de",
  ];
  for (const input of inputs) assert.equal(ours(input), theirs(input), input);
  for (const input of ["../c", "//other/x", "?q", "#h", "", "/abs", "http:rel", "a:b"]) {
    assert.equal(
      ours(input, "http://base.example/a/b/?s#t"),
      theirs(input, "http://base.example/a/b/?s#t"),
      input,
    );
  }
});

test("plain ASCII names need no tables", () => {
  const small = new Realm();
  small.run("new URL('https://Example.org/\u00e9')");
  assert.deepEqual(small.loaded, ["url"]);
  small.run("new URL('https://\u00fc.example')");
  assert.deepEqual(small.loaded, ["url", "idna"]);
});

test("setters, search parameters and statics", () => {
  assert.equal(
    realm.run(`const u = new URL("http://a/b"); u.searchParams.append("k", "v w"); u.hash = "h"; u.port = "81";
    u.host = "c:82"; u.pathname = "/\u00fc"; u.protocol = "https"; u.href + JSON.stringify({ u })`),
    'https://c:82/%C3%BC?k=v+w#h{"u":"https://c:82/%C3%BC?k=v+w#h"}',
  );
  assert.equal(
    realm.run(`const p = new URLSearchParams([["b", "1"], ["a", "2"], ["a", "3"]]); p.sort();
    [p, p.size, p.has("a", "3"), p.getAll("a"), [...p.keys()].join("")].join()`),
    "a=2&a=3&b=1,3,true,2,3,aab",
  );
  assert.equal(
    realm.run(
      "String(new URLSearchParams({ a: '\ud83d\ude00', b: '&=' })) + new URLSearchParams('?x=%20').get('x')",
    ),
    "a=%F0%9F%98%80&b=%26%3D ",
  );
  assert.equal(
    realm.run("[URL.canParse('x'), URL.canParse('a:b'), URL.parse('x')].join()"),
    "false,true,",
  );
  assert.equal(realm.run("String(Object.prototype.toString.call(new URL('a:b')))"), "[object URL]");
});
