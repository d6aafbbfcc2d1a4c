// SPDX-License-Identifier: Apache-2.0
const { defineProperty, getOwnPropertyDescriptor, named, ownKeys } = core.primordials;

// Makes the properties of a class what Web IDL says: enumerable, and the class's own tag.
export function asPlatformClass(name, constructor) {
  const { prototype } = constructor;
  for (const target of [constructor, prototype]) {
    const keys = ownKeys(target);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const { configurable } = getOwnPropertyDescriptor(target, key);
      const hidden = ["constructor", "prototype", "name", "length"].includes(key);
      if (typeof key === "symbol" || hidden || !configurable) continue;
      defineProperty(target, key, { __proto__: null, enumerable: true });
    }
  }
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
