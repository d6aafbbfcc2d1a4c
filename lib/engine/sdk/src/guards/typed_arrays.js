// SPDX-License-Identifier: Apache-2.0
// The methods of typed arrays: limits keep the arrays of a tenant so small that most of the
// methods take long only in a loop, and entering a guard is where V8 can stop.
import { getPrototypeOf, isArray, uncurryThis } from "../primordials.js";
import { arrayProxies, guard, isSmall, limits, loops } from "./guard.js";

const { elements, written } = limits;
const prototype = getPrototypeOf(Uint8Array.prototype);
const { isView } = ArrayBuffer;

export const uncurried = { __proto__: null };
for (const name of [
  "copyWithin",
  "fill",
  "includes",
  "indexOf",
  "join",
  "lastIndexOf",
  "reverse",
  "set",
  "slice",
  "sort",
  "toLocaleString",
]) {
  uncurried[name] = uncurryThis(prototype[name]);
}
const getter = (name) => uncurryThis(Object.getOwnPropertyDescriptor(prototype, name).get);
uncurried.length = getter("length");
uncurried.kind = getter(Symbol.toStringTag);
uncurried.buffer = getter("buffer");
uncurried.byteOffset = getter("byteOffset");
uncurried.classes = { __proto__: null };
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (/^(?!Typed).*Array$/.test(name) && name !== "Array") uncurried.classes[name] = globalThis[name];
}
const { copyWithin, fill, includes, indexOf, join, lastIndexOf, reverse, set, slice, sort, toLocaleString } =
  uncurried;
const { length: lengthOf, kind } = uncurried;

const isTyped = (value) => isView(value) && kind(value) !== undefined;

guard(prototype, {
  copyWithin(target, start, end = undefined) {
    return copyWithin(this, target, start, end);
  },
  fill(value, start = undefined, end) {
    return fill(this, value, start, end);
  },
  includes(value, from = undefined) {
    return includes(this, value, from);
  },
  indexOf(value, from = undefined) {
    return indexOf(this, value, from);
  },
  lastIndexOf(value, from = undefined) {
    return arguments.length > 1 ? lastIndexOf(this, value, from) : lastIndexOf(this, value);
  },
  reverse() {
    return reverse(this);
  },
  slice(start, end) {
    return slice(this, start, end);
  },
  join(separator) {
    return isTyped(this) && lengthOf(this) > elements
      ? loops().typedJoin(this, separator)
      : join(this, separator);
  },
  toLocaleString(locales = undefined, options) {
    return isTyped(this) && lengthOf(this) > written
      ? loops().typedToLocaleString(this, locales, options)
      : toLocaleString(this, locales, options);
  },
  set(source, offset = undefined) {
    return !isTyped(this) || isTyped(source) || source === null || source === undefined ||
      (!arrayProxies && isArray(source) && source.length <= elements) ||
      isSmall(source, elements)
      ? set(this, source, offset)
      : loops().typedSet(this, source, offset);
  },
  sort(comparator) {
    return comparator === undefined && isTyped(this) && lengthOf(this) > elements
      ? loops().typedSort(this)
      : sort(this, comparator);
  },
});
