// SPDX-License-Identifier: Apache-2.0
// Modules that are evaluated on first use, and the globals that they provide. An untouched global
// is an accessor; the first touch turns it into the data property that the platform would have.
import { define, defineProperty, TypeError } from "./primordials.js";

const lazyGlobals = {
  __proto__: null,
  URL: "url",
  URLSearchParams: "url",
  DOMException: "dom",
  Event: "dom",
  EventTarget: "dom",
  CustomEvent: "dom",
  AbortController: "dom",
  AbortSignal: "dom",
  TextEncoder: "encoding",
  TextDecoder: "encoding",
  structuredClone: "web",
  atob: "web",
  btoa: "web",
  crypto: "web",
  performance: "web",
  fetch: "fetch",
  Headers: "fetch",
  Request: "fetch",
  Response: "fetch",
};

const { lazy } = native;
const modules = { __proto__: null };
let seal; // freezes a module's exports; set once the realm is frozen

// Everything that lazy modules share with the core; filled by core.js.
export const core = { __proto__: null };

export function load(name) {
  let module = modules[name];
  if (module === undefined) {
    module = lazy(name, core);
    if (typeof module === "function") module = module(native, core);
    if (seal !== undefined) seal(module);
    modules[name] = module;
  }
  return module;
}

function defineLazyGlobal(name, module) {
  defineProperty(globalThis, name, {
    __proto__: null,
    get() {
      const value = load(module)[name];
      define(globalThis, name, value);
      return value;
    },
    set(value) {
      const target = this ?? globalThis;
      define(target, name, value, target !== globalThis);
    },
    enumerable: false,
    configurable: true,
  });
}

export function defineLazyGlobals() {
  for (const name in lazyGlobals) defineLazyGlobal(name, lazyGlobals[name]);
}

// In a frozen realm a lazy global stays an accessor, since the global cannot change any more.
export function freezeLazyGlobals(sealModule) {
  seal = sealModule;
  for (const name in lazyGlobals) {
    const module = lazyGlobals[name];
    defineProperty(globalThis, name, {
      __proto__: null,
      get: () => load(module)[name],
      set() {
        throw new TypeError(`Cannot assign to read only property '${name}' of a frozen realm`);
      },
      enumerable: false,
      configurable: false,
    });
  }
  for (const name in modules) seal(modules[name]);
}
