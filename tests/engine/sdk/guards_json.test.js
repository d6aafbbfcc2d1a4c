// SPDX-License-Identifier: Apache-2.0
// JSON.parse in pieces is the built-in; see guards_arrays.test.js.
import test from "node:test";
import { compareRealms, randomness } from "./guard_inputs.js";

const { compare } = compareRealms({ json: 2 });

// Messages of later versions show some of the text around the place.
const sameName = (expected, actual) =>
  /^thrown SyntaxError/.test(expected.outcome) && /^thrown SyntaxError/.test(actual.outcome);

function json(random, depth = 0) {
  const space = () => random.one(["", "", "", " ", "\n\t"]);
  const kind = random.below(depth > 5 ? 5 : 9);
  const scalar = ["1", "-2.5e3", "null", "true", '"te\\"x\\u0041t,]"'][kind];
  if (scalar !== undefined) return space() + scalar + space();
  const members = Array.from({ length: random.below(5) }, () => json(random, depth + 1));
  if (random.below(4) === 0) members.push(`"${"long,{[ ".repeat(random.below(5000))}"`);
  if (random.below(4) === 0) members.push(Array(random.below(6000)).fill(`[${random.below(9)}, {"a": 1}]`).join() || "0");
  if (kind % 2) return `${space()}[${members.join(",") || space()}]${space()}`;
  const keys = ['"a"', '"b"', '"__proto__"', '"7"', '"\\u0061"', '"c,}"'];
  const pairs = members.map((member) => `${space()}${random.one(keys)}${space()}:${member}`);
  return `${space()}{${pairs.join(",") || space()}}${space()}`;
}

test("JSON.parse in pieces is the built-in", () => {
  const random = randomness(11);
  for (let i = 0; i < 300; i++) compare(`JSON.parse(${JSON.stringify(json(random))})`);
});

test("what is not JSON is refused in pieces too", () => {
  const random = randomness(12);
  for (let i = 0; i < 600; i++) {
    const text = json(random);
    const at = random.below(text.length + 1);
    const broken = random.one([
      () => text.slice(0, at),
      () => text.slice(0, at) + random.one([",", "]", "}", "[", "{", '"', ":", "x", "1"]) + text.slice(at),
      () => text.slice(0, at) + text.slice(at + 1),
      () => text + random.one(["x", "]", ",", "{}"]),
    ])();
    compare(`JSON.parse(${JSON.stringify(broken)})`, sameName);
  }
  for (const text of ["", " ", "[", "{", "[,]", "[1,]", "[1 2]", '{"a":1,}', '{"a"}', "{1:2}", "[1}", '{"a":[1}', "nul", "[1],"]) {
    compare(`JSON.parse(${JSON.stringify(text)})`, sameName);
    const long = `${"[1],".repeat(9000)}`;
    compare(`JSON.parse(${JSON.stringify(`[${long}${text}`)})`, sameName);
    compare(`JSON.parse(${JSON.stringify(`[[${long}[]${text}`)})`, sameName);
    compare(`JSON.parse(${JSON.stringify(`{"a":[${long}[]]${text}`)})`, sameName);
    compare(`JSON.parse(${JSON.stringify(`{"a":[${long}[]]${text}}`)})`, sameName);
  }
});

test("a reviver sees the same in pieces", () => {
  const random = randomness(13);
  const revivers = ["function (key, value) { record.push(key + (Array.isArray(this) ? 'a' : 'o')); return key === '1' ? undefined : value; }",
    "5", "null", "(key, value) => (typeof value === 'number' ? value + 1 : value)"];
  for (let i = 0; i < 100; i++) {
    compare(`JSON.parse(${JSON.stringify(json(random))}, ${random.one(revivers)})`);
  }
  compare("JSON.parse(noted('text', '[1,2]'))");
  compare("JSON.parse(Symbol.iterator)");
  compare("JSON.parse(undefined)", sameName);
});
