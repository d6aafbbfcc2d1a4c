// SPDX-License-Identifier: Apache-2.0
// Guarded methods of strings do what the built-ins do; see guards_arrays.test.js.
import assert from "node:assert/strict";
import test from "node:test";
import { compareRealms, number, randomness } from "./guard_inputs.js";

const { compare, plain } = compareRealms({ elements: 2, compared: 2, text: 2, unbroken: 24, json: 2 });

const piece = ({ one }) =>
  one(["a", "b", "ab", "aab", "aba", " ", "\u00e9", "e\u0301", "\u03a3", "\ud83d\ude00", "\ufdfa", "x y", "$", "I", "i", "\u00df"]);
const text = (random, most = 40) => Array.from({ length: random.below(most) }, () => piece(random)).join("");
const quoted = (random, most) => JSON.stringify(text(random, most));
const receiver = (random) =>
  random.below(8) > 0
    ? quoted(random)
    : random.one(["null", "undefined", "123", "noted('receiver', 'abab')", "Symbol.iterator", "['a', 'b']",
      "watched(['ab', 1])", "Object('aXb')", "'aba'.repeat(20000)", "'ab,'.repeat(15000)"]);
const wanted = (random) =>
  random.below(6) > 0
    ? quoted(random, 3)
    : random.one(["/a/", "/a/g", "undefined", "null", "5", "noted('wanted', 'a')", "Symbol.iterator", "12n",
      "{ [Symbol.match]: true, toString: () => 'a' }", "Object.assign(/a/, { [Symbol.match]: false })",
      "RegExp.prototype", "'ba'.repeat(40)", "'aba'.repeat(15000)", "','",
      "{ [Symbol.split]: () => 1, [Symbol.replace]: () => 2 }"]);
const replacement = (random) =>
  random.one(["'-'", "'$$-$&$`$\\'$1$<a>$'", "undefined", "null", "noted('replacement', '[$&]')", "Symbol.iterator",
    "(...values) => (record.push(values.join('|').slice(0, 200)), values[1])", "() => undefined", "''"]);
const form = (random) => random.one(["undefined", "'NFC'", "'NFD'", "'NFKC'", "'NFKD'", "'nfc'", "null"]);
const locale = (random) => random.one(["undefined", "'tr'", "'lt'", "['de', 'en']", "'!'"]);

const methods = {
  includes: [wanted, number],
  indexOf: [wanted, number],
  lastIndexOf: [wanted, number],
  startsWith: [wanted, number],
  endsWith: [wanted, number],
  split: [wanted, number],
  replace: [wanted, replacement],
  replaceAll: [wanted, replacement],
  normalize: [form],
  localeCompare: [quoted, locale],
  toLocaleLowerCase: [locale],
  toLocaleUpperCase: [locale],
  toLowerCase: [],
  toUpperCase: [],
  trim: [],
  repeat: [(random) => random.one(["0", "2", "-1", "2 ** 40", "'3'"])],
  padStart: [(random) => random.one(["0", "90", "undefined"]), quoted],
  padEnd: [(random) => random.one(["0", "90", "undefined"]), quoted],
};

for (const [name, makers] of Object.entries(methods)) {
  test(`String.prototype.${name} as a loop is the built-in`, () => {
    const random = randomness(name.length * 104729);
    for (let i = 0; i < 500; i++) {
      const values = makers.slice(0, random.below(makers.length + 1)).map((make) => make(random));
      const rest = values.map((value) => `, ${value}`).join("");
      const self = receiver(random);
      compare(`String.prototype.${name}.call(${self}${rest})`, (_, actual) =>
        /cannot be taken apart/.test(actual.outcome));
    }
  });
}

test("String.raw is the built-in", () => {
  for (const values of ["", "null", "undefined", "{}", "{ raw: null }", "{ raw: 'abc' }, 1, 2, 3", "{ raw: [1, , 3] }, 'x'",
    "watched({ raw: watched(['a', 'b', 'c']) }), noted('one', 1), 2", "{ raw: { length: 2.9, 0: 'p', 1: 'q' } }, 5",
    "{ raw: ['a', Symbol.iterator] }, 1", "{ raw: { length: -1 } }"]) {
    compare(`String.raw(${values})`);
  }
});

test("long texts come out of the loops as of the built-in", () => {
  const random = randomness(7);
  for (let i = 0; i < 40; i++) {
    const long = `${JSON.stringify(text(random, 60))}.repeat(${1 + random.below(3000)})`;
    const sought = JSON.stringify(text(random, 4));
    compare(`${long}.split(${sought}).length + ${long}.split(${sought}).join("#")`);
    compare(`${long}.replaceAll(${sought}, "[$&]")`);
    compare(`${long}.lastIndexOf(${sought}, ${random.below(100000)})`);
    compare(`${long}.indexOf(${sought} + "zz")`);
    compare(`(${long} + ${sought} + "zz").includes(${sought} + "zz")`);
  }
});

test("a normalized text is cut only where nothing combines", () => {
  for (const mark of ["\\u0301", "\\u0327", "\\u3099", "\\u0316", "\\u1161", "\\u11a8", "\\uff9e", "\\u314f", "\\u0bd7", "\\ud834\\udd65"]) {
    for (const base of ["e", "\\u304b", "\\u1100", "\\uac00", "\\uff76", "\\u3131", "\\u0bc6", "\\u0627", "\\ud834\\udd57", "\\u03b1"]) {
      for (const pad of [20, 21, 22, 23, 24, 25]) {
        for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) {
          compare(`("x".repeat(${pad}) + "${base}${mark}".repeat(3) + "y".repeat(30)).normalize("${form}")`);
        }
      }
    }
  }
});

test("only marks that nothing separates are refused", () => {
  assert.match(plain.run("''.normalize.name"), /normalize/);
  const { guarded } = compareRealms({ unbroken: 24 });
  const { outcome } = guarded.run("attempt(() => ('a' + '\\u0316\\u0300'.repeat(20)).normalize('NFD'))");
  assert.match(outcome, /RangeError: String.prototype.normalize: more than 24 characters/);
});
