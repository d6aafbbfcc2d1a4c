// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import vm from "node:vm";
import { closureTransform } from "./realm.js";

const transform = closureTransform();

// Evaluates the rewritten module; answers what it exports under the names.
function load(source, ...names) {
  const { code, error } = transform(source, names);
  assert.equal(error, undefined);
  return vm.runInThisContext(code, { filename: "m.js" })();
}

function refused(source) {
  const { code, ...failure } = transform(source, []);
  assert.equal(code, undefined);
  return failure;
}

test("every form of export is found", () => {
  assert.deepEqual(load("export const a = 1, b = 2;", "b", "a"), [2, 1]);
  assert.deepEqual(
    load(
      "export let { a, b: [c, ...d], e = 5, ...f } = { a: 1, b: [2, 3, 4], g: 6 };",
      "a",
      "c",
      "d",
      "e",
      "f",
    ),
    [1, 2, [3, 4], 5, { g: 6 }],
  );
  assert.deepEqual(load("export var a = 1; a = 2;", "a"), [2]);
  assert.deepEqual(
    load(
      "const a = 1, b = 2; export { a as x, b as 'a string', b as default };",
      "x",
      "a string",
      "default",
    ),
    [1, 2, 2],
  );
  assert.deepEqual(
    load("export { f }; function f() { return 1; }", "f").map((f) => f()),
    [1],
  );
  assert.deepEqual(load("export const a = 1;", "missing", "a"), [undefined, 1]);
  assert.deepEqual(load("", "missing"), [undefined]);
});

test("declarations stay what they are", () => {
  const [f, g, h, i, C] = load(
    "export function f() { return 1; } export async function g() { return 2; }" +
      "export function* h() { yield 3; } export async function* i() {} export class C { static x = 4; }",
    "f",
    "g",
    "h",
    "i",
    "C",
  );
  assert.equal(f(), 1);
  assert.ok(g() instanceof Promise);
  assert.deepEqual([...h()], [3]);
  assert.equal(i.constructor.name, "AsyncGeneratorFunction");
  assert.equal(C.x, 4);
  assert.deepEqual(
    [f, g, h, i, C].map(({ name }) => name),
    ["f", "g", "h", "i", "C"],
  );
});

test("exported functions are hoisted, in a module's way", () => {
  assert.deepEqual(load("export const a = f(); export function f() { return 1; }", "a"), [1]);
  assert.deepEqual(
    load("export const a = f(); export default function f() { return 1; }", "a"),
    [1],
  );
  assert.throws(() => load("C; export class C {}", "C"), ReferenceError);
});

for (const [name, source, check] of [
  ["function", "export default function () { return 1; }", (f) => f() === 1],
  ["function without a space", "export default function(){ return 1 }", (f) => f() === 1],
  ["named function", "export default function f() { return f.name; }", (f) => f() === "f"],
  ["generator", "export default function* () { yield 1; }", (f) => f().next().value === 1],
  [
    "generator with a far star",
    "export default function   /* c */ * () { yield 1; }",
    (f) => f().next().value === 1,
  ],
  ["async function", "export default async function () {}", (f) => f() instanceof Promise],
  [
    "async generator",
    "export default async function*() { yield 1; }",
    (f) => Symbol.asyncIterator in f(),
  ],
  ["class", "export default class { a() { return 1; } }", (C) => new C().a() === 1],
  ["class without a space", "export default class{a(){return 1}}", (C) => new C().a() === 1],
  ["class with a parent", "export default class extends Array {}", (C) => new C() instanceof Array],
  ["named class", "export default class C { static n = C.name; }", (C) => C.n === "C"],
  ["arrow", "export default async () => 1", (f) => f() instanceof Promise],
  ["object", "export default{ a: 1 };", (o) => o.a === 1],
  ["expression", "export default 1 + 1\n;[1]", (v) => v === 2],
  ["parenthesised function", "export default (function () { return 1; });", (f) => f() === 1],
  ["keyword on its own line", "export default\nfunction\n() { return 1; }\n(1)", (f) => f() === 1],
  ["name that is taken", "const $dflt = 1; export default () => $dflt;", (f) => f() === 1],
]) {
  test(`export default: ${name}`, () => {
    const [value] = load(source, "default");
    assert.ok(check(value));
  });
}

test("a default function is no callee of what follows", () => {
  assert.deepEqual(
    load("export default function () { return 1; }\n(globalThis.q = 2)", "default").map((f) => f()),
    [1],
  );
});

test("statements without semicolons do not grow together", () => {
  assert.deepEqual(
    load("let f = () => 7\nexport { f }\n(1, 2)", "f").map((f) => f()),
    [7],
  );
  assert.deepEqual(
    load("let a = 1\nexport { a }\n[1].length\nexport let b = a\nexport { b as c }", "a", "b", "c"),
    [1, 1, 1],
  );
});

test("every position stays", () => {
  const sources = [
    "export const a = 1; export default async function* () {} ; boom()",
    "export {\n  a,\r\n  a as b, /* c */\n}; const a = 1;\n  boom()",
    "export default class {\n}\nexport   function f() {}\n boom()",
    "#!shebang\nexport default\n  { a: 1 }; boom()",
    "const 𝒂 = 1; export { 𝒂 as b };boom()",
  ];
  for (const source of sources) {
    const { code, prefix } = transform(source, ["default", "a"]);
    const at = code.indexOf("boom()");
    const before = source.slice(0, source.indexOf("boom()"));
    assert.equal(at, prefix + before.length);
    const breaks = (text) => [...text.matchAll(/[\n\r]/g)].map(({ index }) => index);
    assert.deepEqual(breaks(code.slice(prefix, at)), breaks(before));
    assert.throws(
      () => vm.runInThisContext(code, { filename: "m.js", columnOffset: -prefix })(),
      (error) => {
        const [, line, column] = /m\.js:(\d+):(\d+)/.exec(error.stack);
        const lines = before.split(/\r\n|[\n\r]/);
        assert.deepEqual([Number(line), Number(column)], [lines.length, lines.at(-1).length + 1]);
        return error.name === "ReferenceError";
      },
    );
  }
});

test("the prefix is as long as it says", () => {
  const { code, prefix } = transform("x", []);
  assert.equal(code.slice(0, prefix), "(function(){'use strict';");
  assert.equal(code.slice(prefix), "x\n;return []})");
});

test("a module is strict, has no `this`, and starts anew each time", () => {
  assert.deepEqual(
    load(
      "export const a = this, b = (() => { try { undeclared = 1; } catch { return 1; } })();",
      "a",
      "b",
    ),
    [undefined, 1],
  );
  const { code } = transform("let n = 0; export function next() { return ++n; } // end", ["next"]);
  const make = vm.runInThisContext(code);
  const [[one], [two]] = [make(), make()];
  assert.deepEqual([one(), one(), two()], [1, 2, 1]);
});

test("what a function body cannot hold is refused with its place", () => {
  const cases = [
    ["let a;\n  import b from 'b';", /no import/, 2, 3],
    ["import 'b';", /no import/, 1, 1],
    ["export * from 'b';", /re-export/, 1, 1],
    ["export * as c from 'b';", /re-export/, 1, 1],
    ["1; export { c } from 'b';", /re-export/, 1, 4],
    ["await 1;", /top-level await/, 1, 1],
    ["for await (const a of []) {}", /for await/, 1, 1],
    ["if (1) {\n const a = await 1; }", /top-level await/, 2, 12],
    ["class A { static [await 1] = 1; }", /top-level await/, 1, 19],
    ["export const f = () => import.meta.url;", /import\.meta/, 1, 24],
    ["export const f = async () => import('a');", /import\(\)/, 1, 30],
    ["let a = 1, b = 2; a<!--b;", /<!--/, 1, 20],
    ["let a;\nlet b = ;", /./, 2, 9],
    ["export { missing };", /missing/, 1, 10],
    ["return 1;", /return/, 1, 1],
  ];
  for (const [source, message, line, column] of cases) {
    const failure = refused(source);
    assert.match(failure.error, message);
    assert.doesNotMatch(failure.error, /\(\d+:\d+\)/);
    assert.deepEqual([failure.line, failure.column], [line, column], source);
  }
});

test("what only looks forbidden is taken", () => {
  assert.deepEqual(
    load(
      `
    export const a = async () => { await 1; for await (const x of []) x; };
    export const b = "import x from 'y'; <!-- await", c = /<!--/.test("<!--"), d = \`<!--\`;
    export function e() { return new.target; }
    export class F { static async m() { await 1; } }`,
      "b",
      "c",
      "d",
    ),
    ["import x from 'y'; <!-- await", true, "<!--"],
  );
});

test("a module nested too deeply is refused, not a crash", () => {
  assert.match(
    refused(`export const a = ${"[".repeat(100000)}`).error,
    /nested too deeply|stack space/,
  );
});
