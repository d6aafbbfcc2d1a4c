// SPDX-License-Identifier: Apache-2.0
// What the SDK uses of the language after start-up, taken before tenant code can change it. Code
// that may run later uses nothing else: no methods looked up on prototypes, no iteration
// protocol, and property descriptors without a prototype.

export const {
  Array,
  BigInt,
  Error,
  Number,
  Object,
  Promise,
  Proxy,
  RangeError,
  String,
  Symbol,
  SyntaxError,
  TypeError,
  Uint8Array,
} = globalThis;
export const {
  apply,
  construct,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  ownKeys,
  setPrototypeOf,
} = Reflect;
export const { parse, stringify } = JSON;
export const { freeze, is, keys } = Object;
// Throws where it fails.
export const definePropertyOrThrow = Object.defineProperty;
export const isArray = Array.isArray;
export const now = Date.now;
export const { max, min, random, trunc } = Math;
export const resolvePromise = Promise.resolve.bind(Promise);
export const rejectPromise = Promise.reject.bind(Promise);

const { bind, call } = Function.prototype;
// Makes a function that takes `this` as its first argument.
export const uncurryThis = bind.bind(call);
// Calls a function: invoke(callee, self, ...values).
export const invoke = uncurryThis(call);

// Object.hasOwn is not there yet where V8 10 makes the startup snapshot.
export const hasOwn = uncurryThis(Object.prototype.hasOwnProperty);
// Throws for what is no Date.
export const timeOf = uncurryThis(Date.prototype.getTime);
export const join = uncurryThis(Array.prototype.join);
export const slice = uncurryThis(String.prototype.slice);
export const indexOf = uncurryThis(String.prototype.indexOf);
export const replaceAll = uncurryThis(String.prototype.replaceAll);

// Defines a property as an ordinary assignment would, whatever is on the prototypes.
export function define(target, name, value, enumerable = false) {
  return defineProperty(target, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable,
    configurable: true,
  });
}

// Minifying renames classes; this gives one its public name back.
export function named(name, constructor) {
  defineProperty(constructor, "name", { __proto__: null, value: name, configurable: true });
  return constructor;
}
