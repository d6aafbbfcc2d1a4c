// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

// Runs an expression in both realms and in Node.js; all have to answer the same JSON, or an error of
// the same name.
const realms = [new Realm(), new Realm({ frozen: true })];
const run = (evaluate) => {
  try {
    return JSON.parse(evaluate());
  } catch (error) {
    return error.name;
  }
};
function same(expression) {
  const theirs = run(() => JSON.stringify((0, eval)(expression)));
  for (const realm of realms) {
    assert.deepEqual(
      run(() => realm.run(`"use strict"; JSON.stringify(${expression})`)),
      theirs,
      expression,
    );
  }
  return theirs;
}
const edit = (init, steps) =>
  `(() => { const h = new Headers(${init}); ${steps}; return [...h]; })()`;

test("headers are listed by name, combined, and cookies apart", () => {
  assert.deepEqual(
    same(`[...new Headers([["B", "2"], ["a", "1"], ["b", "3"], ["Set-Cookie", "x=1, y"],
       ["set-cookie", "z=2"], ["C", ""]])]`),
    [
      ["a", "1"],
      ["b", "2, 3"],
      ["c", ""],
      ["set-cookie", "x=1, y"],
      ["set-cookie", "z=2"],
    ],
  );
  same("[...new Headers({ b: 1, a: null, C: [1, 2] })]");
  same("[...new Headers(new Headers({ x: 'y' }))]");
  same("[...new Headers(new Map([['a', 'b']]))]");
  assert.equal(realms[0].run("[...new Headers(function f() {})].length"), 0);
  same(
    "[...new Headers(Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }))]",
  );
  same("new Headers([['set-cookie', 'a'], ['b', 'c'], ['set-cookie', 'd']]).getSetCookie()");
  same("new Headers([['set-cookie', 'a'], ['set-cookie', 'd']]).get('set-cookie')");
});

test("what is no headers is refused", () => {
  for (const init of [
    "null",
    "1",
    "'text'",
    "Symbol()",
    "[['a']]",
    "[['a', 'b', 'c']]",
    "['ab']",
    "[null]",
    "[[]]",
    "{ [Symbol()]: 1 }",
    "{ 'a b': 1 }",
    "{ '': 1 }",
    "{ '\u00e9': 1 }",
    "{ a: 'x\\ny' }",
    "{ a: 'x\\0' }",
    "{ a: '\u0100' }",
    "{ a: Symbol() }",
    "{ 'a:': 1 }",
    "{ [Symbol.iterator]: 1 }",
  ]) {
    assert.equal(same(`[...new Headers(${init})]`), "TypeError", init);
  }
  for (const call of [
    "append('a')",
    "append('a b', 'c')",
    "append('a', '\\r\\nb')" + ".x",
    "set('a')",
    "get()",
    "has()",
    "delete()",
    "get('')",
    "has('\u00e9')",
    "delete('a b')",
    "set('a', 'b\\0')",
    "forEach()",
    "forEach(1)",
  ]) {
    assert.equal(same(`new Headers().${call}`), "TypeError", call);
  }
  assert.equal(same("Headers()"), "TypeError");
  assert.equal(same("Headers.prototype.get.call({}, 'a')"), "TypeError");
});

test("values are trimmed and may be Latin-1", () => {
  assert.deepEqual(same("[...new Headers({ a: ' \\t\\r\\nx y\\n ', b: '\u00ff', c: '  ' })]"), [
    ["a", "x y"],
    ["b", "\u00ff"],
    ["c", ""],
  ]);
  same("new Headers({ a: undefined }).get('A')");
});

test("headers are changed in place", () => {
  same(edit("{ a: 1 }", "h.append('A', 2); h.append('b', 3)"));
  same(edit("[['a', '1'], ['b', '2'], ['a', '3']]", "h.set('A', 'x')"));
  same(edit("[['a', '1'], ['b', '2'], ['a', '3']]", "h.delete('A'); h.delete('none')"));
  same(edit("", "h.set('z', 1); h.set('y', 2); h.set('z', 3)"));
  same("[new Headers({ a: 1 }).get('b'), new Headers({ a: 1 }).has('A'), new Headers().has('a')]");
  same(edit("{ __proto__: null, constructor: 1, toString: 2 }", "h.append('__proto__', 'x')"));
});

test("listing is live and in the platform's form", () => {
  same(`(() => {
    const h = new Headers({ b: 1, d: 2 }), seen = [];
    for (const [name, value] of h) { seen.push(name + value); if (name === "b") h.set("c", 5); }
    return seen;
  })()`);
  same(`(() => {
    const h = new Headers({ b: 1, d: 2 }), seen = [];
    h.forEach(function (...values) { seen.push([values[0], values[1], values[2] === h, this.x]); }, { x: 1 });
    return seen;
  })()`);
  same("[[...new Headers({ b: 1, a: 2 }).keys()], [...new Headers({ b: 1, a: 2 }).values()]]");
  same("new Headers({ a: 1 }).entries().next()");
  same(`(() => {
    const i = new Headers({ a: 1 }).keys();
    const p = Object.getPrototypeOf(i);
    return [String(i), Object.getPrototypeOf(p) === Object.getPrototypeOf(Object.getPrototypeOf([].values())),
      Reflect.ownKeys(p).map(String).sort(), i[Symbol.iterator]() === i, Object.keys(p)];
  })()`);
  same("[Headers.prototype[Symbol.iterator] === Headers.prototype.entries, String(new Headers())]");
  same("Headers.prototype.keys().next.call({})");
});

test("members are as Web IDL says", () => {
  for (const name of ["Headers", "Request", "Response"]) {
    const shape = `(absent) => {
      const all = [];
      for (const [where, target] of [["static", ${name}], ["", ${name}.prototype]]) {
        const own = Object.getOwnPropertyDescriptors(target);
        for (const key of Object.keys(own).sort()) {
          const { value, get, set, enumerable, configurable, writable } = own[key];
          if (key === "prototype" || absent.includes(key)) continue;
          all.push([where, key, value?.length ?? typeof get, typeof set, enumerable, configurable, writable]);
        }
      }
      return JSON.stringify([all, String(${name}.prototype), ${name}.length, ${name}.name]);
    }`;
    // No streams, forms or blobs, nor what a browser knows of a page.
    const absent = [
      "attribute",
      "blob",
      "bytes",
      "credentials",
      "destination",
      "duplex",
      "formData",
      "integrity",
      "isHistoryNavigation",
      "isReloadNavigation",
      "keepalive",
      "mode",
      "referrer",
      "referrerPolicy",
    ];
    const theirs = (0, eval)(`(${shape})`)(absent);
    assert.equal(realms[0].run(`(${shape})`)(absent), theirs);
  }
});
