// SPDX-License-Identifier: Apache-2.0
// Random receivers and arguments for the tests of the guards, as source text: each realm makes its
// own, with a record of every question that is asked of them.

import assert from "node:assert/strict";
import vm from "node:vm";
import { Realm } from "./realm.js";

// A realm whose guards have low limits, and one without guards; compare() runs a text in both.
export function compareRealms(guardLimits) {
  const guarded = new Realm({ guardLimits });
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
  const plain = { run: (text) => vm.runInContext(text, context) };
  for (const realm of [guarded, plain]) realm.run(prelude);
  const compare = (text, ignored = () => false) => {
    const code = `attempt(() => ${text})`;
    const expected = plain.run(code);
    const actual = guarded.run(code);
    if (!ignored(expected, actual)) assert.deepEqual({ ...actual }, { ...expected }, text);
  };
  return { guarded, plain, compare };
}

export function randomness(seed) {
  let state = seed >>> 0;
  const below = (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return { below, one: (values) => values[below(values.length)] };
}

// Evaluated in each realm: records, and text of any value.
export const prelude = String.raw`
  globalThis.record = [];
  globalThis.watched = (target, own = {}) => {
    const handler = { ...own };
    for (const trap of ["get", "set", "has", "deleteProperty", "defineProperty",
                        "getOwnPropertyDescriptor", "ownKeys", "getPrototypeOf"]) {
      handler[trap] ??= (...values) => {
        record.push(trap + " " + (typeof values[1] === "symbol" || typeof values[1] === "string" ? String(values[1]) : ""));
        return Reflect[trap](...values);
      };
    }
    return new Proxy(target, handler);
  };
  globalThis.noted = (name, value) => ({
    valueOf() { record.push(name); return value; },
    toString() { record.push(name + " text"); return String(value); },
  });
  class Sub extends Array { constructor(...a) { record.push("Sub " + a.join()); super(...a); } }
  globalThis.Sub = Sub;
  globalThis.holes = (object, ...at) => { for (const i of at) delete object[i]; return object; };
  globalThis.shown = (value, depth = 0) => {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return value + "n";
    if (value === null || typeof value !== "object") return Object.is(value, -0) ? "-0" : String(value);
    if (depth > 4) return "...";
    const kind = Array.isArray(value) ? value.constructor === Array ? "Array" : value.constructor === Sub ? "Sub" : "array" :
      Object.prototype.toString.call(value);
    const keys = Reflect.ownKeys(value).map((key) => {
      const { value: inner, get, writable, enumerable, configurable } = Reflect.getOwnPropertyDescriptor(value, key);
      return String(key) + (writable ? "w" : "") + (enumerable ? "e" : "") + (configurable ? "c" : "") + ":" +
        (get ? "getter" : shown(inner, depth + 1));
    });
    return kind + "{" + keys.join() + "}";
  };
  globalThis.attempt = (run) => {
    record.length = 0;
    let outcome;
    try { outcome = shown(run()); } catch (error) { outcome = "thrown " + (error?.name ?? "") + ": " + (error?.message ?? error); }
    return { outcome, record: record.join("; ") };
  };
`;

const elements = [
  "1", "2", "-0", "0", "NaN", "undefined", "null", '"a"', '"10"', "9", "true", "[3, [4, , 5]]", "[]",
  'noted("element", 7)', "5n", "Symbol.iterator", "new Sub(1, 2, 3)", "watched([6, , 7])",
];

export function receiver({ below, one }) {
  const list = Array.from({ length: below(7) }, () => (below(5) === 0 ? "" : one(elements)));
  const array = `[${list.join(", ")}${list.at(-1) === "" ? "," : ""}]`;
  return one([
    () => array,
    () => array,
    () => `watched(${array})`,
    () => `watched({ ...${array}, length: ${below(9)} })`,
    () => `({ ...${array}, length: ${one(["-1", "3", '"4"', "2.7", "NaN", 'noted("length", 4)', "undefined"])} })`,
    () => `Sub.from(${array})`,
    () => `watched(Sub.from(${array}))`,
    () => `Object.defineProperty(${array}, 1, { get() { record.push("getter"); return 8; }, configurable: true, enumerable: true })`,
    () => `Object.freeze(${array})`,
    () => `Object.assign(${array}, { constructor: ${one(["undefined", "null", "5", "{ [Symbol.species]: null }", "{ [Symbol.species]: 3 }", "{ [Symbol.species]: function (n) { this.n = n; } }"])} })`,
    () => `Object.setPrototypeOf(${array}, { 0: "inherited", 3: "inherited", __proto__: Array.prototype })`,
    () => `(function () { return arguments; })(${list.filter(Boolean).join(", ")})`,
    () => `new Uint8Array([1, 2, 3, 4])`,
    () => one(['"text"', "5", "true", "null", "undefined", "() => 1", "Symbol.iterator"]),
    () => `holes(new Array(9), 1).fill(1, 2, 5)`,
  ])();
}

export function number({ one }) {
  return one(["0", "1", "2", "-1", "-2", "5", "-9", "99", "NaN", "Infinity", "-Infinity", "-0", "1.9",
    "-1.9", "undefined", "null", '"2"', 'noted("number", 1)', "2 ** 40", "Symbol.iterator", "3n"]);
}

export function element(random) {
  return random.one(elements);
}
