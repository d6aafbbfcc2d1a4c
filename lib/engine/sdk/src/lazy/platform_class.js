// SPDX-License-Identifier: Apache-2.0
const { defineProperty, getOwnPropertyDescriptor, named, ownKeys, Symbol } = core.primordials;
const hidden = { __proto__: null, constructor: 1, prototype: 1, name: 1, length: 1 };

function showMembers(target) {
  const keys = ownKeys(target);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const { configurable } = getOwnPropertyDescriptor(target, key);
    if (typeof key === "symbol" || key in hidden || !configurable) continue;
    defineProperty(target, key, { __proto__: null, enumerable: true });
  }
}

// Makes the properties of a class what Web IDL says: enumerable, and the class's own tag.
export function asPlatformClass(name, constructor) {
  const { prototype } = constructor;
  showMembers(constructor);
  showMembers(prototype);
  defineProperty(prototype, Symbol.toStringTag, {
    __proto__: null,
    value: name,
    configurable: true,
  });
  return named(name, constructor);
}

// The legacy constants: on the class and its prototype, read-only.
export function defineConstants(constructor, constants) {
  for (const name in constants) {
    const descriptor = { __proto__: null, value: constants[name], enumerable: true };
    defineProperty(constructor, name, descriptor);
    defineProperty(constructor.prototype, name, descriptor);
  }
}
