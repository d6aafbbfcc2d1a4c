// SPDX-License-Identifier: Apache-2.0
// Guarded functions that are no methods of arrays or strings do what the built-ins do, and all
// guards look like what they stand for; see guards_arrays.test.js.
import assert from "node:assert/strict";
import test from "node:test";
import { compareRealms, element, number, randomness, receiver } from "./guard_inputs.js";
import { Realm } from "./realm.js";

const { compare, plain } = compareRealms({ elements: 2, written: 2, listed: 12, text: 2, json: 2, compared: 2 });

test("arguments from a list reach the function as from the built-in", () => {
  const random = randomness(1);
  const callees = ["(...values) => shown(values)", "function () { 'use strict'; return shown([this, ...arguments]); }",
    "Array", "class { constructor(...values) { this.values = values; } }", "undefined", "5", "Math.max", "new Proxy(class A {}, {})"];
  for (let i = 0; i < 600; i++) {
    const callee = random.one(callees);
    const list = receiver(random);
    if (callee !== "5" && callee !== "undefined")
      compare(`Function.prototype.apply.call(${callee}, ${element(random)}, ${list})`);
    compare(`Reflect.apply(${callee}, ${element(random)}, ${list})`);
    compare(`Reflect.construct(${callee}, ${list}${random.one(["", ", Array", ", 3", ", undefined", ", class extends Array {}"])})`);
  }
});

test("a list that no stack holds fails as it does otherwise", () => {
  const realm = new Realm();
  for (const list of ["{ length: 2 ** 31 }", "new Array(2 ** 22)", "new Proxy({ length: 2 ** 53 }, {})"]) {
    for (const call of ["Reflect.apply(Math.max, null, LIST)", "Reflect.construct(Array, LIST)"]) {
      assert.throws(() => realm.run(call.replace("LIST", list)), { name: "RangeError" });
    }
  }
});

test("Array.from as a loop is the built-in", () => {
  const random = randomness(2);
  const sources = ["new Set([1, 2, 3])", "new Map([[1, 2]])", "'a\\ud83d\\ude00bc'", "[5, 6, 7].values()", "new Uint8Array(5)",
    "(function* () { try { yield 1; yield 2; yield 3; } finally { record.push('closed'); } })()",
    "{ [Symbol.iterator]: 5 }", "{ [Symbol.iterator]: () => 5 }", "{ [Symbol.iterator]: () => watched({ i: 0, next() { return watched({ done: this.i > 3, value: this.i++ }); } }) }",
    "Object.assign([1, 2, 3], { [Symbol.iterator]: null })", "{ __proto__: { length: 3 }, 0: 1 }"];
  const mappers = ["", ", undefined", ", (value, index) => (record.push(index), [value])", ", null", ", 5",
    ", (value, index) => { if (index === 1) throw new RangeError('mine'); return value; }", ", function () { return typeof this; }, 5"];
  const constructors = ["Array", "Array", "undefined", "Sub", "Object", "function (length) { record.push('made ' + length + arguments.length); }", "() => 1"];
  for (let i = 0; i < 1500; i++) {
    const source = random.below(2) ? random.one(sources) : receiver(random);
    compare(`Array.from.call(${random.one(constructors)}, ${source}${random.one(mappers)})`);
  }
});

test("methods of typed arrays are the built-ins", () => {
  const random = randomness(3);
  const kinds = ["Int8Array", "Uint8ClampedArray", "Float64Array", "Float32Array", "BigInt64Array", "Uint16Array"];
  const calls = {
    copyWithin: [number, number, number], fill: [element, number, number], includes: [element, number],
    indexOf: [element, number], lastIndexOf: [element, number], reverse: [], slice: [number, number],
    toLocaleString: [(r) => r.one(["undefined", "'de'", "'!'"]), (r) => r.one(["undefined", "{ minimumFractionDigits: 1 }"])],
    join: [(r) => r.one(["undefined", "'--'", "noted('separator', 1)", "Symbol.iterator"])],
    set: [receiver, number], sort: [(r) => r.one(["undefined", "(a, b) => (a < b ? 1 : -1)", "null"])],
  };
  for (let i = 0; i < 2500; i++) {
    const kind = random.one(kinds);
    const values = Array.from({ length: random.below(9) }, () =>
      kind === "BigInt64Array" ? `${random.below(5)}n` : random.one(["1", "-0", "0", "NaN", "2.5", "-7", "300"]));
    const name = random.one(Object.keys(calls));
    const makers = calls[name];
    const rest = makers.slice(0, random.below(makers.length + 1)).map((make) => `, ${make(random)}`).join("");
    const self = random.below(12) === 0 ? receiver(random) : `new ${kind}([${values.join()}])`;
    compare(`(() => { const self = ${self};
      return [Object.getPrototypeOf(Int8Array).prototype.${name}.call(self${rest}), self]; })()`);
  }
});

test("long typed arrays are sorted and joined as by the built-in", () => {
  for (const make of ["new Float64Array(60000).map((_, i) => [NaN, -0, 0, i % 777, -i][i * 7 % 5])",
    "new Uint8Array(50000).map((_, i) => i * 31)", "new Float32Array(40000).map((_, i) => 40000 - i)",
    "new BigInt64Array(33000).map((_, i) => BigInt(i * 7919 % 1000) - 500n)", "new Float32Array(40000).fill(NaN)",
    "new Int16Array(new ArrayBuffer(90000), 10, 40000).fill(3)"]) {
    compare(`((array) => [array.sort() === array, array.join("")].join())(${make})`);
    compare(`Array.from((${make}).sort(), (value) => Object.is(value, -0) ? "-" : value).join("--")`);
  }
});

test("URIs and escapes come out of the pieces as of the built-in", () => {
  const random = randomness(4);
  const pieces = ["a", "%41", "%D0%96", "%E0%A0%80", "%F0%9F%98%80", "%u0416", "%", "%u", "\u0800", "\ud83d\ude00", "\u0416", "%2", "%80", "?", "/x"];
  const risky = ["\ud83d", "\ude00", "%", "%80", "%D0"];
  for (let i = 0; i < 60; i++) {
    const some = Array.from({ length: 1 + random.below(9) }, () => random.one(pieces));
    const last = random.below(3) ? "" : random.one(risky);
    const text = `${JSON.stringify(some.join(""))}.repeat(${random.below(4000)}) + ${JSON.stringify(last)}`;
    for (const name of ["encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent", "escape", "unescape"]) {
      compare(`${name}(${text})`);
      const safe = some.filter((part) => !["%", "%u", "%2", "%80", "%u0416"].includes(part)).join("");
      compare(`${name}(${JSON.stringify(safe)}.repeat(3000))`);
    }
  }
  compare("encodeURI()");
  compare("decodeURIComponent(noted('uri', '%41'))");
  compare("escape(Symbol.iterator)");
});

test("what lists properties or locales is the built-in up to its limit", () => {
  const random = randomness(5);
  for (let i = 0; i < 400; i++) {
    const value = receiver(random);
    for (const name of ["entries", "getOwnPropertyDescriptors", "getOwnPropertyNames", "keys", "values"]) {
      compare(`Object.${name}(${value})`, (_, { outcome }) => /the text has more than/.test(outcome));
    }
    compare(`Reflect.ownKeys(${value})`);
    compare(`Object.assign(${[value, receiver(random), receiver(random)].slice(random.below(3)).join()})`,
      (_, { outcome }) => /the text has more than/.test(outcome));
    compare(`Intl.getCanonicalLocales(${random.one([value, "'de'", "['de', 'en', 'de']", "watched(['de', , 'fr'])", "{ length: 1, 0: 'it' }", "new Intl.Locale('de')", "null", "5"])})`);
  }
  compare("Intl.DateTimeFormat.supportedLocalesOf(['de', 'xx'], { localeMatcher: 'lookup' })");
  const realm = new Realm();
  for (const text of ["Object.keys('a'.repeat(2 ** 20))", "Reflect.ownKeys(new String('a'.repeat(2 ** 20)))",
    "Intl.getCanonicalLocales({ length: 2 ** 40 })", "Intl.NumberFormat.supportedLocalesOf(new Array(5000).fill('de'))"]) {
    assert.throws(() => realm.run(text), { name: "RangeError" }, text);
  }
});

test("texts and lists for Intl are compared and put together as by the built-in", () => {
  for (const text of ["['b', 'a', '\\u00e4', 'z'].sort(new Intl.Collator('de').compare)", "new Intl.Collator('de').compare('a', 'b')",
    "new Intl.Collator('sv').compare(noted('x', '\\u00e4'), noted('y', 'z'))", "new Intl.Collator().compare()", "new Intl.Collator().compare(Symbol.iterator, 1)",
    "(() => { const c = new Intl.Collator(); return [c.compare === c.compare, new Intl.Collator().compare === c.compare]; })()",
    "Intl.Collator.prototype.compare", "shown({ ...Object.getOwnPropertyDescriptor(Intl.Collator.prototype, 'compare') })",
    "(() => { const { get } = Object.getOwnPropertyDescriptor(Intl.Collator.prototype, 'compare'); return [get.name, get.length, `${get}`]; })()",
    "(() => { const f = new Intl.Collator().compare; return [f.name, f.length, `${f}`, Reflect.ownKeys(f).join(), 'prototype' in f]; })()",
    "new Intl.ListFormat('de').format(['a', 'b', 'c'])", "new Intl.ListFormat('de').format('abc')", "new Intl.ListFormat('de').format([1])",
    "new Intl.ListFormat('en').formatToParts(new Set(['a', 'b'])).length", "Intl.ListFormat.prototype.format.call({}, [])"]) {
    compare(text);
  }
  const realm = new Realm();
  assert.equal(realm.run("new Intl.Collator('de').compare('a'.repeat(2 ** 20), 'b')"), -1);
  assert.throws(() => realm.run("new Intl.Collator('de').compare('a' + '\\u0323\\u0302'.repeat(2 ** 15), 'b')"), { name: "RangeError" });
  assert.throws(() => realm.run("new Intl.ListFormat('de').format(new Array(2 ** 20).fill('a'))"), { name: "RangeError" });
});

test("a text that fits no heap is refused before it is made", async () => {
  const realm = new Realm({ longestText: 3e6 });
  for (const text of ["'ab'.repeat(2e6)", "'a'.repeat('4e6')", "'a'.padEnd(3e6 + 1)", "''.padStart({ valueOf: () => 2 ** 28 }, 'bc')"]) {
    assert.throws(() => realm.run(text), { name: "RangeError", message: "Invalid string length" }, text);
  }
  assert.equal(realm.run("'a'.repeat(3e6).length + 'a'.padEnd(3e6).length + 'a'.padEnd(4e6, '').length"), 6e6 + 1);
  realm.answer = (_, values) => values[0].length;
  assert.equal(await realm.value("(_, { host }) => host.print('a'.repeat(15e5))"), 15e5);
  await assert.rejects(realm.value("(_, { host }) => host.print('a'.repeat(15e5 + 1))"), /host:print: a text of 1500001 characters/);
  assert.equal(realm.calls.length, 1);
});

test("a proxy is what Proxy makes of it", () => {
  for (const text of ["new Proxy([], {}).length", "Proxy({}, {})", "new Proxy(1, {})", "Proxy.revocable([1], {}).proxy[0]",
    "new (class extends Proxy {})({}, {})", "Reflect.construct(Proxy, [[], {}], Array).length", "new Proxy({}, null)",
    "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return typeof new Proxy(proxy, {}); })()",
    "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return [1].concat(proxy); })()",
    "Object.getOwnPropertyNames(Proxy).join()", "'prototype' in Proxy"]) {
    compare(text);
  }
});

// Everything that can be seen of every function, by its path from the global.
const functions = String.raw`(() => {
  const found = {}, seen = new Set();
  const text = Function.prototype.toString;
  const visit = (value, path) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
    seen.add(value);
    const keys = Reflect.ownKeys(value).map((key) => {
      const { value: inner, get, set, ...attributes } = Reflect.getOwnPropertyDescriptor(value, key);
      const shown = ["name", "length"].includes(key) ? inner : typeof inner;
      return String(key) + JSON.stringify(attributes) + String(shown) + typeof get;
    });
    let constructs = false;
    if (typeof value === "function") {
      try { Reflect.construct(Object, [], value); constructs = true; } catch {}
      found[path] = { text: text.call(value), own: keys.join(), constructs,
        prototype: Object.getPrototypeOf(value) === Function.prototype, frozen: Object.isExtensible(value) };
    }
    for (const key of Reflect.ownKeys(value)) {
      const { value: inner } = Reflect.getOwnPropertyDescriptor(value, key);
      visit(inner, path + "." + String(key));
    }
  };
  for (const name of ["Object", "Function", "Array", "String", "Proxy", "Reflect", "JSON", "Int8Array", "Intl",
                      "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape"]) {
    visit(globalThis[name], name);
  }
  return JSON.stringify(found);
})()`;

test("a guard cannot be told from the built-in by anything but its speed", () => {
  const expected = JSON.parse(plain.run(functions));
  const actual = JSON.parse(new Realm().run(functions));
  for (const path in expected) assert.deepEqual(actual[path], expected[path], path);
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
});
