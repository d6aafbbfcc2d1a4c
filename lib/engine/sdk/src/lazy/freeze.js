// SPDX-License-Identifier: Apache-2.0
// Makes a realm in which no object that two invocations could both reach can be changed.
import { freezeSegmentsLater, hiddenIntrinsics } from "./hidden_intrinsics.js";
import { tolerateOverrides } from "./overrides.js";

const { freeze, isFrozen } = Object;
const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

// RegExp keeps the last match for all to see, and compile() changes a RegExp behind its freezing.
function removeLegacyState() {
  for (const name of Object.getOwnPropertyNames(RegExp)) {
    if (/^(\$.|input|last|left|right)/.test(name)) delete RegExp[name];
  }
  delete RegExp.prototype.compile;
}

// What everything leads to, and what leads to everything: sealed with the realm.
const ends = [Object.prototype, Function.prototype];

// Freezes values and everything that they lead to; what was seen already leads nowhere new.
function walk(roots, seen) {
  const found = [];
  const visit = (value) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return;
    if (seen.has(value)) return;
    seen.add(value);
    found.push(value);
  };
  roots.forEach(visit);
  while (found.length > 0) {
    const object = found.pop();
    visit(getPrototypeOf(object));
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key);
      visit(value);
      visit(get);
      visit(set);
    }
  }
  for (const object of seen) if (!isFrozen(object)) freeze(object);
}

function seal(...roots) {
  walk(roots, new Set());
}

sdkResult = {
  __proto__: null,
  prepare() {
    removeLegacyState();
    tolerateOverrides();
    freezeSegmentsLater(seal);
  },
  sealRealm(values) {
    seal(globalThis, ...hiddenIntrinsics(), ...values);
  },
  seal(module) {
    // Samples are for what only instances lead to: prototypes, and accessors that they own.
    walk([module, ...(module.samples ?? [])], new Set(ends));
  },
};
