// SPDX-License-Identifier: Apache-2.0
// Guarded methods of arrays do what the built-ins do: the same answers, the same errors, and the
// same questions to what they work on. The limits of one realm are so low that the loops do it.
import test from "node:test";
import { compareRealms, element, number, randomness, receiver } from "./guard_inputs.js";

const { compare, plain } = compareRealms({ elements: 2, filled: 2, sorted: 2, listed: 2 });

const callbacks = [
  "(...values) => (record.push('called ' + values.slice(0, -1).map((v) => shown(v)).join()), values[0])",
  "(value) => typeof value === 'number'",
  "function (value) { record.push(typeof this); return [value, [value]]; }",
  "() => true",
  "() => 0",
  "Boolean",
  "undefined",
  "5",
  "{}",
  "(value, index) => { if (index === 2) throw new RangeError('mine'); }",
];
const callback = (random) => random.one(callbacks);
const comparators = [
  "undefined",
  "undefined",
  "(a, b) => (record.push('compare'), a < b ? -1 : b < a ? 1 : 0)",
  "(a, b) => String(b) < String(a) ? -1 : 1",
  "null",
  "3",
];
const comparator = (random) => random.one(comparators);
const separator = (random) => random.one(["undefined", "''", "'--'", "null", "3", "noted('separator', 1)"]);
const nothing = () => "";
const many = (random) => Array.from({ length: random.below(4) }, () => element(random)).join(", ");

const methods = {
  every: [callback, element],
  some: [callback, element],
  forEach: [callback, element],
  map: [callback, element],
  filter: [callback, element],
  find: [callback, element],
  findIndex: [callback, element],
  findLast: [callback, element],
  findLastIndex: [callback, element],
  flatMap: [callback, element],
  reduce: [callback, element],
  reduceRight: [callback, element],
  indexOf: [element, number],
  lastIndexOf: [element, number],
  includes: [element, number],
  join: [separator],
  toLocaleString: [nothing],
  toString: [nothing],
  reverse: [nothing],
  shift: [nothing],
  slice: [number, number],
  copyWithin: [number, number, number],
  fill: [element, number, number],
  flat: [number],
  toReversed: [nothing],
  with: [number, element],
  unshift: [many],
  splice: [number, number, many],
  toSpliced: [number, number, many],
  concat: [receiver, receiver],
  sort: [comparator],
  toSorted: [comparator],
};

for (const [name, makers] of Object.entries(methods)) {
  test(`Array.prototype.${name} as a loop is the built-in`, () => {
    if (plain.run(`Array.prototype.${name}`) === undefined) return;
    const random = randomness(name.length * 7919);
    for (let i = 0; i < 600; i++) {
      const values = makers.slice(0, random.below(makers.length + 1)).map((make) => make(random));
      const rest = values.filter((value) => value !== "").map((value) => `, ${value}`).join("");
      compare(`(() => { const self = ${receiver(random)};
        return [Array.prototype.${name}.call(self${rest}), self]; })()`);
    }
  });
}
