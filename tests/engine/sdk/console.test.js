// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const realm = new Realm();

// The lines that some code logs.
function lines(text) {
  realm.newInvocation();
  realm.logs.length = 0;
  realm.run(`(() => { ${text} })()`);
  return realm.logs.map(([, line]) => line);
}
const shown = (expression) => lines(`console.log(${expression})`)[0];

test("plain values need no formatter", () => {
  const plain = new Realm();
  plain.run(
    "console.log('a', 1, -0, true, null, undefined, 5n); console.log(); console.debug('%'); console.warn(''); console.error('x'); console.info('100%')",
  );
  assert.deepEqual(plain.logs, [
    [1, "a 1 -0 true null undefined 5n"],
    [1, ""],
    [0, "%"],
    [2, ""],
    [3, "x"],
    [1, "100%"],
  ]);
  assert.deepEqual(plain.loaded, []);
});

test("values are shown as Node.js shows them, or nearly", () => {
  for (const [expression, text] of [
    ["{}", "{}"],
    ["[]", "[]"],
    ["{ a: 1, 'b-c': 'd', [Symbol('e')]: null }", '{ a: 1, "b-c": "d", [Symbol(e)]: null }'],
    ["[1, 'a', , undefined]", '[1, "a", <empty>, undefined]'],
    ["{ a: { b: { c: { d: 1 } } } }", "{ a: { b: { c: [Object] } } }"],
    ["[[[[1]]]]", "[[[[Array]]]]"],
    ["new Map([[1, { a: 2 }]])", "Map(1) { 1 => { a: 2 } }"],
    ["new Set(['a', 1])", 'Set(2) { "a", 1 }'],
    ["new Map()", "Map(0) {}"],
    ["new (class Point { x = 1 })()", "Point { x: 1 }"],
    ["class A {}", "[class A]"],
    ["() => 1", "[Function (anonymous)]"],
    ["function f() {}", "[Function: f]"],
    ["Object.assign(function f() {}, { a: 1 })", "[Function: f] { a: 1 }"],
    ["Object.create(null)", "[Object: null prototype] {}"],
    ["Symbol('a')", "Symbol(a)"],
    ["/a+/gi", "/a+/gi"],
    ["new Date(0)", "1970-01-01T00:00:00.000Z"],
    ["new Date(NaN)", "Invalid Date"],
    ["Object('a')", '[String: "a"]'],
    ["Object(-0)", "[Number: -0]"],
    ["new Uint8Array([1, 2])", "Uint8Array(2) [1, 2]"],
    ["new ArrayBuffer(3)", "ArrayBuffer(3)"],
    ["new WeakMap()", "WeakMap { <items unknown> }"],
    [
      "{ get a() { throw 1; }, set b(v) {}, get c() { return 1; }, set c(v) {} }",
      "{ a: [Getter], b: [Setter], c: [Getter/Setter] }",
    ],
    ["new (class extends Array {})(1, 2)", "Object(2) [1, 2]"],
    ["[new (class L extends Array {})()]", "[L(0) []]"],
    ["JSON", "Object [JSON] {}"],
    ["[1.5, 'it\\'s \"x\"']", '[1.5, "it\'s \\"x\\""]'],
  ])
    assert.equal(shown(expression), text, expression);
});

test("long objects take several lines", () => {
  assert.equal(
    shown("{ a: 'x'.repeat(40), b: { c: 'y'.repeat(40) } }"),
    `{\n  a: "${"x".repeat(40)}",\n  b: { c: "${"y".repeat(40)}" }\n}`,
  );
});

test("cycles end", () => {
  assert.equal(
    shown("(() => { const a = { b: {} }; a.b.c = a; a.d = [a]; return a; })()"),
    "{ b: { c: [Circular] }, d: [[Circular]] }",
  );
});

test("errors show stack, properties and cause", () => {
  const [text] = lines(
    "const e = new TypeError('bad', { cause: new Error('why') }); e.code = 5; console.log('failed', e)",
  );
  assert.match(
    text,
    /^failed TypeError: bad\n +at .*extension\.js.*\{\n {2}cause: Error: why\n.*code: 5\n\}$/s,
  );
  assert.match(
    shown("new AbortController().abort() ?? AbortSignal.abort().reason"),
    /^AbortError: This operation was aborted\n/,
  );
  assert.equal(
    shown("(() => { const e = new Error('a'); e.stack = undefined; delete e.stack; return e; })()"),
    "[Error: a]",
  );
});

test("format strings", () => {
  for (const [expression, text] of [
    [
      "'%s is %d years and %i, %f', 'Bob', 42.5, 42.5, '1.5', 'extra'",
      "Bob is 42.5 years and 42, 1.5 extra",
    ],
    ["'%o %O %j %% %c|', {a:1}, [1], {b:2}, 'css'", '{ a: 1 } [1] {"b":2} % |'],
    ["'%s %x %', 1", "1 %x %"],
    ["'%s'", "%s"],
    ["'%d', 5n", "5n"],
    ["'a%', 1", "a% 1"],
    ["'%s', { a: { b: {} } }", "{ a: { b: [Object] } }"],
    ["{}, '%s', 1", "{} %s 1"],
    ["'%s', Symbol('a')", "Symbol(a)"],
  ])
    assert.equal(shown(expression), text, expression);
});

test("counters, timers, groups, assertions and tables", () => {
  assert.deepEqual(
    lines(
      "console.count(); console.count('a'); console.count(); console.countReset(); console.count(); console.countReset('z')",
    ),
    ["default: 1", "a: 1", "default: 2", "default: 1", "Count for 'z' does not exist"],
  );
  assert.deepEqual(
    lines(
      "console.time(); console.timeLog('default', { a: 1 }); console.timeEnd(); console.timeEnd()",
    ),
    ["default: 0.000ms { a: 1 }", "default: 0.000ms", "Timer 'default' does not exist"],
  );
  assert.deepEqual(
    lines(
      "console.group('g', 1); console.log('a\\nb'); console.group(); console.log({}); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('c')",
    ),
    ["g 1", "  a\n  b", "    {}", "c"],
  );
  assert.deepEqual(
    lines(
      "console.assert(1, 'no'); console.assert(0); console.assert(false, 'a %s', 'b'); console.assert(false, {})",
    ),
    ["Assertion failed", "Assertion failed: a b", "Assertion failed: {}"],
  );
  assert.deepEqual(lines("console.table([{ a: 1, b: 'x' }, { a: 22 }]); console.table(5)"), [
    '(index) | a  | b\n0       | 1  | "x"\n1       | 22 |',
    "5",
  ]);
  assert.deepEqual(lines("console.dir({ a: { b: {} } }, { depth: 0 }); console.dirxml(1)"), [
    "{ a: [Object] }",
    "1",
  ]);
  const [trace] = lines("console.trace('here')");
  assert.match(trace, /^Trace: here\n +at extension\.js|^Trace: here\n +at .*extension\.js/);
  assert.doesNotMatch(trace, /sublet:/);
});

test("whatever is logged, the text is bounded and no code of the value runs", () => {
  for (const expression of [
    "Array.from({ length: 1e5 }, (_, i) => ({ i, s: 'x' }))",
    "'x'.repeat(1e6).split('')",
    "[Array(1e6).fill('long text')]",
    "Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['k' + i, i]))",
    "new Map(Array.from({ length: 1e5 }, (_, i) => [i, 'y'.repeat(1000)]))",
    "['z'.repeat(1e6)]",
    "Array(90).fill(Array(90).fill(Array(90).fill('w'.repeat(4000))))",
  ]) {
    assert.ok(shown(expression).length < 40000, expression);
  }
  for (const expression of [
    "new Proxy({}, { ownKeys() { throw 1; } })",
    "new Proxy(function () {}, { getPrototypeOf() { throw 1; } })",
    "{ toString() { throw 1; }, toJSON() { throw 1; }, [Symbol.toPrimitive]() { throw 1; }, get [Symbol.toStringTag]() { throw 1; } }",
    "Object.create({ get constructor() { throw 1; } })",
    "Object.setPrototypeOf(new Error('a'), null)",
  ])
    assert.equal(typeof shown(expression), "string", expression);
});
