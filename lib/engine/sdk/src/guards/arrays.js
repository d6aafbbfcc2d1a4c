// SPDX-License-Identifier: Apache-2.0
// The methods of arrays. V8 is fast with real arrays that are not sparse; what takes long are the
// holes of sparse ones, and array-likes that only say how long they are.
import { apply, getPrototypeOf, hasOwn, isArray, uncurryThis } from "../primordials.js";
import { arrayProxies, guard, isProxy, isSmall, limits, loops } from "./guard.js";

const { elements, filled, sorted } = limits;
const prototype = Array.prototype;

// The built-ins, with `this` as their first argument.
export const uncurried = { __proto__: null };
for (const name of Object.getOwnPropertyNames(prototype)) {
  if (typeof prototype[name] === "function") uncurried[name] = uncurryThis(prototype[name]);
}
const {
  every: $every,
  some: $some,
  forEach: $forEach,
  map: $map,
  filter: $filter,
  find: $find,
  findIndex: $findIndex,
  findLast: $findLast,
  findLastIndex: $findLastIndex,
  indexOf: $indexOf,
  includes: $includes,
  join: $join,
  toLocaleString: $toLocaleString,
  reverse: $reverse,
  shift: $shift,
  slice: $slice,
  copyWithin: $copyWithin,
  fill: $fill,
  toReversed: $toReversed,
  with: $with,
  reduce: $reduce,
  reduceRight: $reduceRight,
  lastIndexOf: $lastIndexOf,
  unshift: $unshift,
  splice: $splice,
  sort: $sort,
  toSorted: $toSorted,
  flat: $flat,
  flatMap: $flatMap,
} = uncurried;
const { concat, splice, toSpliced, unshift } = prototype;
const spreadable = Symbol.isConcatSpreadable;

// Whether concat() takes a value as it is, or copies few elements of it.
function isOrdinaryPart(value) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return true;
  if (!arrayProxies && isArray(value)) return true;
  if (isProxy(value)) return false;
  if (isArray(value) || isSmall(value, elements)) return true;
  for (let at = value; at !== null; at = getPrototypeOf(at)) {
    if (isProxy(at) || hasOwn(at, spreadable)) return false;
  }
  return true;
}

guard(prototype, {
  concat(...items) {
    let ordinary = isOrdinaryPart(this);
    for (let i = 0; ordinary && i < items.length; i++) ordinary = isOrdinaryPart(items[i]);
    return ordinary || this === null || this === undefined ? apply(concat, this, items) : loops().concat(this, items);
  },
  // What an element holds is found out by reading it, once.
  flat(depth = undefined) {
    return this === null || this === undefined ? $flat(this) : loops().flat(this, depth);
  },
  flatMap(callback, self = undefined) {
    return this === null || this === undefined ? $flatMap(this) : loops().flatMap(this, callback, self);
  },
  // A comparison of texts may be long; one by a function is where V8 can stop.
  sort(comparator) {
    const few = comparator === undefined ? sorted : elements;
    return (!arrayProxies && isArray(this) && this.length <= few) || isSmall(this, few)
      ? $sort(this, comparator)
      : loops().sort(this, comparator);
  },
  toSorted(comparator) {
    const few = comparator === undefined ? sorted : elements;
    return (!arrayProxies && isArray(this) && this.length <= few) || isSmall(this, few)
      ? $toSorted(this, comparator)
      : loops().toSorted(this, comparator);
  },
  every(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $every(this, callback, self)
      : loops().every(this, callback, self);
  },
  some(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $some(this, callback, self)
      : loops().some(this, callback, self);
  },
  forEach(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $forEach(this, callback, self)
      : loops().forEach(this, callback, self);
  },
  map(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $map(this, callback, self)
      : loops().map(this, callback, self);
  },
  filter(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $filter(this, callback, self)
      : loops().filter(this, callback, self);
  },
  find(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $find(this, callback, self)
      : loops().find(this, callback, self);
  },
  findIndex(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $findIndex(this, callback, self)
      : loops().findIndex(this, callback, self);
  },
  findLast(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $findLast(this, callback, self)
      : loops().findLast(this, callback, self);
  },
  findLastIndex(callback, self = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $findLastIndex(this, callback, self)
      : loops().findLastIndex(this, callback, self);
  },
  indexOf(value, from = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $indexOf(this, value, from)
      : loops().indexOf(this, value, from);
  },
  includes(value, from = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $includes(this, value, from)
      : loops().includes(this, value, from);
  },
  join(separator) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $join(this, separator)
      : loops().join(this, separator);
  },
  toLocaleString(locales = undefined, options) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $toLocaleString(this, locales, options)
      : loops().toLocaleString(this, locales, options);
  },
  reverse() {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $reverse(this)
      : loops().reverse(this);
  },
  shift() {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $shift(this)
      : loops().shift(this);
  },
  slice(start, end) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $slice(this, start, end)
      : loops().slice(this, start, end);
  },
  copyWithin(to, start, end = undefined) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $copyWithin(this, to, start, end)
      : loops().copyWithin(this, to, start, end);
  },
  fill(value, start = undefined, end) {
    return (!arrayProxies && isArray(this) && this.length <= filled) || isSmall(this, filled)
      ? $fill(this, value, start, end)
      : loops().fill(this, value, start, end);
  },
  toReversed() {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $toReversed(this)
      : loops().toReversed(this);
  },
  with(index, value) {
    return (!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)
      ? $with(this, index, value)
      : loops().with(this, index, value);
  },
  reduce(callback, initial = undefined) {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return arguments.length > 1 ? $reduce(this, callback, initial) : $reduce(this, callback);
    }
    return loops().reduce(this, arguments);
  },
  reduceRight(callback, initial = undefined) {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return arguments.length > 1
        ? $reduceRight(this, callback, initial)
        : $reduceRight(this, callback);
    }
    return loops().reduceRight(this, arguments);
  },
  lastIndexOf(value, from = undefined) {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return arguments.length > 1 ? $lastIndexOf(this, value, from) : $lastIndexOf(this, value);
    }
    return loops().lastIndexOf(this, arguments);
  },
  unshift(item) {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return arguments.length === 1 ? $unshift(this, item) : apply(unshift, this, arguments);
    }
    return loops().unshift(this, arguments);
  },
  splice(start, count) {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return arguments.length === 2 ? $splice(this, start, count) : apply(splice, this, arguments);
    }
    return loops().splice(this, arguments);
  },
  toSpliced() {
    if ((!arrayProxies && isArray(this) && this.length <= elements) || isSmall(this, elements)) {
      return apply(toSpliced, this, arguments);
    }
    return loops().toSpliced(this, arguments);
  },
});
