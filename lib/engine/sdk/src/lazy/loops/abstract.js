// SPDX-License-Identifier: Apache-2.0
// Operations that ECMAScript's built-ins are made of, by the names it gives them.
const {
  Array,
  construct,
  define,
  definePropertyOrThrow,
  getPrototypeOf,
  isArray,
  max,
  min,
  Object,
  Proxy,
  RangeError,
  setPrototypeOf,
  Symbol,
  trunc,
} = core.primordials;
const { slice } = core.originals.arrays;
const { species } = Symbol;
const arrayPrototype = getPrototypeOf([]);
const kMaxLength = 2 ** 53 - 1;

export const toObject = (value) => Object(value);

export const toIntegerOrInfinity = (value) => trunc(+value) || 0;

export const toLength = (value) => min(max(toIntegerOrInfinity(value), 0), kMaxLength);

export const lengthOf = (object) => toLength(object.length);

// A position that counts from the end where it is negative.
export function relative(value, length) {
  const integer = toIntegerOrInfinity(value);
  return integer < 0 ? max(length + integer, 0) : min(integer, length);
}

const probe = new Proxy(function () {}, { __proto__: null, construct: () => ({}) });

export function isConstructor(value) {
  try {
    construct(probe, [], value);
    return true;
  } catch {
    return false;
  }
}

// A new array while it is filled: without a prototype nothing that a tenant put on one is in the
// way of an assignment.
export function bareArray(length = 0) {
  if (length > 2 ** 32 - 1) throw new RangeError("Invalid array length");
  const array = length === 0 ? [] : new Array(length);
  setPrototypeOf(array, null);
  return array;
}

export function finished(array) {
  setPrototypeOf(array, arrayPrototype);
  return array;
}

// The constructor that a copy of an array is made with; undefined: an ordinary array.
function speciesOf(object) {
  if (!isArray(object)) return undefined;
  const { constructor } = object;
  const holder = constructor !== null && (typeof constructor === "object" || typeof constructor === "function");
  const chosen = holder ? constructor[species] ?? undefined : constructor;
  if (chosen === undefined || chosen === Array) return undefined;
  if (!isConstructor(chosen)) {
    // For the message: the built-in finds the same thing wrong.
    const array = [];
    define(array, "constructor", holder ? { __proto__: null, [species]: chosen } : constructor);
    slice(array);
  }
  return chosen;
}

// What collects the elements of a new array, made as ArraySpeciesCreate says.
export function speciesCollector(object, length) {
  const constructor = speciesOf(object);
  return constructor === undefined
    ? arrayCollector(length)
    : collectorInto(new constructor(length));
}

export function arrayCollector(length) {
  const array = bareArray(length);
  return {
    __proto__: null,
    put(index, value) {
      if (index >= 2 ** 32 - 1) definePropertyOrThrow(array, index, plainDescriptor(value));
      else array[index] = value;
    },
    finish(size) {
      if (size !== undefined) array.length = size;
      return finished(array);
    },
  };
}

export function collectorInto(object) {
  return {
    __proto__: null,
    put(index, value) {
      definePropertyOrThrow(object, index, plainDescriptor(value));
    },
    finish(size) {
      if (size !== undefined) object.length = size;
      return object;
    },
  };
}

function plainDescriptor(value) {
  return { __proto__: null, value, writable: true, enumerable: true, configurable: true };
}
