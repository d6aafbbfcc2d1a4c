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

// Freezes a value and everything that it leads to; what is frozen already leads nowhere new.
function seal(...roots) {
  const seen = new Set();
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
    seal(module);
    // What only instances lead to: prototypes, and accessors that they own.
    if (module.samples !== undefined) seal(...module.samples);
  },
};
