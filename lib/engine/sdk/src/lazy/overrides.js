// SPDX-License-Identifier: Apache-2.0
// An assignment to an object fails where a frozen prototype has a property of that name. For the
// names that programs do assign, an accessor takes the property's place, whose setter makes an own
// property of the object, as the assignment would without the freezing.
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, TypeError } = core.primordials;

function tolerate(prototype, key) {
  const { value, enumerable } = getOwnPropertyDescriptor(prototype, key);
  const accessor = {
    get() {
      return value;
    },
    set(assigned) {
      if (this === prototype) {
        throw new TypeError(
          `Cannot assign to read only property '${String(key)}' of a frozen object`,
        );
      }
      defineOwn(this, key, assigned);
    },
  };
  defineProperty(prototype, key, {
    __proto__: null,
    get: accessor.get,
    set: accessor.set,
    enumerable,
    configurable: true,
  });
}

function defineOwn(object, key, value) {
  // An own property that an accessor of a prototype hides keeps its attributes.
  const own = getOwnPropertyDescriptor(object, key);
  const descriptor =
    own === undefined
      ? { __proto__: null, value, writable: true, enumerable: true, configurable: true }
      : { __proto__: null, value };
  if (!defineProperty(object, key, descriptor)) {
    throw new TypeError(`Cannot assign to read only property '${String(key)}'`);
  }
}

// The names on each prototype. Left out is what V8 compiles specially as long as the property is
// untouched: with accessors for `then` of promises and `constructor` of arrays, awaiting and map()
// take several times as long.
function tolerated() {
  const iterator = getPrototypeOf(getPrototypeOf([].values()));
  const errors = [
    Error,
    AggregateError,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  ];
  return [
    [
      Object.prototype,
      [
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
      ],
    ],
    [Function.prototype, ["constructor", "toString", "bind"]],
    [Array.prototype, ["toString", "toLocaleString"]],
    [Date.prototype, ["constructor", "toString", "toJSON", "valueOf"]],
    [Promise.prototype, ["catch", "finally"]],
    [iterator, ["constructor", Symbol.toStringTag]],
    ...errors.map((constructor) => [
      constructor.prototype,
      ["constructor", "message", "name", "toString"],
    ]),
  ];
}

export function tolerateOverrides() {
  for (const [prototype, keys] of tolerated()) {
    for (const key of keys) {
      const descriptor = getOwnPropertyDescriptor(prototype, key);
      if (descriptor?.writable) tolerate(prototype, key);
    }
  }
}
