// SPDX-License-Identifier: Apache-2.0
// Guards stand in for built-ins that V8 runs without looking whether it should stop: with a length
// of billions they would keep their thread for minutes after its time is up. A guard calls the
// built-in for ordinary sizes and an equivalent loop of JavaScript for the others; entering a guard
// is by itself a place where V8 stops. Apart from its speed nobody can tell it from the built-in.
import { load } from "../lazy.js";
import {
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  ownKeys,
  Proxy as OriginalProxy,
  uncurryThis,
} from "../primordials.js";

const nativeIsProxy = native.isProxy;

// Whether the realm has made a proxy at all. The SDK's own answer what a guard asks by nothing.
let proxies = false;

export function isProxy(value) {
  return proxies && nativeIsProxy(value);
}

// Sizes up to which the built-ins do the work: what takes them some 10 ms where it is slowest.
// Tests set lower ones.
export const limits = {
  __proto__: null,
  elements: 1 << 18,
  filled: 1 << 15, // elements that are written
  written: 1 << 10, // elements that are written as locales have it
  sorted: 1 << 11, // elements that are compared as strings, which may be long
  listed: 1 << 17, // arguments; no stack holds more
  compared: 1 << 23, // length of a text times length of what is searched in it
  text: 1 << 18,
  json: 1 << 18,
  unbroken: 1 << 13, // characters without a place where a text can be cut
  locales: 1 << 10,
  ...native.guardLimits,
};

export const loops = () => load("loops");

// Whether an array may be a proxy: from the first proxy of an array on, and of anything that can be
// revoked, after which it cannot be asked whether it is an array.
export let arrayProxies = false;

// Whether the built-in may have a receiver that is no plain array of ordinary length. Looks at it
// without running code of the tenant's.
export function isSmall(value, limit) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return typeof value === "string" ? value.length <= limit : value === undefined || value === null;
  }
  if (isProxy(value)) return false;
  const length = getOwnPropertyDescriptor(value, "length");
  return (
    length !== undefined &&
    hasOwn(length, "value") &&
    typeof length.value === "number" &&
    !(length.value > limit)
  );
}

const functionToString = uncurryThis(Function.prototype.toString);
const guards = []; // each replacement, and behind it what it stands for

function takeLooks(original, replacement) {
  // A property that was defined anew makes the startup snapshot larger.
  for (const key of ["name", "length"]) {
    const own = getOwnPropertyDescriptor(original, key);
    if (own === undefined) deleteProperty(replacement, key);
    else if (replacement[key] !== own.value) defineProperty(replacement, key, own);
  }
  return replacement;
}

function disguise(original, replacement) {
  guards[guards.length] = takeLooks(original, replacement);
  guards[guards.length] = original;
}

// Functions that built-ins make: as many as a tenant wants, so that nothing here keeps them.
const passing = new WeakMap();
const getPassing = uncurryThis(WeakMap.prototype.get);
const setPassing = uncurryThis(WeakMap.prototype.set);

// Makes a replacement look like an original that belongs to no object.
export function pass(original, replacement) {
  setPassing(passing, takeLooks(original, replacement), original);
  return replacement;
}

// Puts a replacement where a built-in was, with everything that can be seen of it.
function install(target, name, descriptor, replacement) {
  disguise(descriptor.value, replacement);
  for (const key of ownKeys(target)) {
    // trimLeft is trimStart.
    if (getOwnPropertyDescriptor(target, key).value === descriptor.value) {
      defineProperty(target, key, { ...getOwnPropertyDescriptor(target, key), value: replacement });
    }
  }
}

// Replaces the methods of `target` that this V8 has by those of the same name. Some that V8 10 adds
// to a context made from the startup snapshot (findLast, findLastIndex) are not there yet.
export function guard(target, methods) {
  for (const name of ownKeys(methods)) {
    const descriptor = getOwnPropertyDescriptor(target, name);
    if (descriptor !== undefined) install(target, name, descriptor, methods[name]);
  }
}

export function guardGetter(target, name, methods) {
  const descriptor = getOwnPropertyDescriptor(target, name);
  const { get } = getOwnPropertyDescriptor(methods, name);
  disguise(descriptor.get, get);
  defineProperty(target, name, { ...descriptor, get });
}

export function guardFunctionText() {
  guard(Function.prototype, {
    toString() {
      for (let i = 0; i < guards.length; i += 2) {
        if (guards[i] === this) return functionToString(guards[i + 1]);
      }
      return functionToString(getPassing(passing, this) ?? this);
    },
  });
}

// Proxies of arrays look like arrays, but reading their length is seen. A bound function is a
// constructor without a prototype, as Proxy is.
export function guardProxy() {
  const construct = function (target, handler) {
    if (new.target === undefined) return OriginalProxy(target, handler);
    const made = new OriginalProxy(target, handler);
    proxies = true;
    if (!arrayProxies && isArray(target)) arrayProxies = true;
    return made;
  };
  const revocable = OriginalProxy.revocable;
  const guarded = construct.bind(undefined);
  guard(OriginalProxy, {
    revocable(target, handler) {
      const made = revocable(target, handler);
      proxies = true;
      arrayProxies = true;
      return made;
    },
  });
  defineProperty(guarded, "revocable", getOwnPropertyDescriptor(OriginalProxy, "revocable"));
  const descriptor = getOwnPropertyDescriptor(globalThis, "Proxy");
  install(globalThis, "Proxy", descriptor, guarded);
}
