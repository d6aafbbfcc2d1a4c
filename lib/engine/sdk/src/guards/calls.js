// SPDX-License-Identifier: Apache-2.0
// What takes an array-like or an iterable as a whole. V8 makes room for as many arguments as a list
// says it has before it looks whether they fit the stack. Function.prototype.apply stays as it is:
// V8 compiles `f.apply(this, arguments)` to a plain call, and a look at the list would make it a
// hundred times slower. A list that only says it is huge ends at the limit of the heap.
import {
  apply,
  Array,
  construct,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  invoke,
  isArray,
  max,
  setPrototypeOf,
  trunc,
  uncurryThis,
} from "../primordials.js";
import { arrayProxies, guard, isProxy, isSmall, limits, loops } from "./guard.js";

const { elements, listed } = limits;

function isSmallList(list) {
  return (!arrayProxies && isArray(list) && list.length <= listed) || isSmall(list, listed);
}

// Reads a list as V8 would. One that no stack holds becomes another such.
function readList(list) {
  if (list === null || (typeof list !== "object" && typeof list !== "function")) return list;
  const length = max(trunc(+list.length) || 0, 0);
  if (length > listed) return new Array(listed + 1);
  const values = new Array(length);
  setPrototypeOf(values, null);
  for (let i = 0; i < length; i++) values[i] = list[i];
  return values;
}

guard(Reflect, {
  apply(callee, self, list) {
    if (isSmallList(list)) return apply(callee, self, list);
    // What cannot be called is found out first.
    if (typeof callee !== "function") return apply(callee, self, []);
    return apply(callee, self, readList(list));
  },
  construct(callee, list, target = undefined) {
    const values = isSmallList(list) ? list : readConstructorList(callee, list, arguments);
    return arguments.length > 2 ? construct(callee, values, target) : construct(callee, values);
  },
});

const probe = new Proxy(function () {}, { __proto__: null, construct: () => ({}) });

function readConstructorList(callee, list, values) {
  construct(probe, [], callee);
  if (values.length > 2) construct(probe, [], values[2]);
  return readList(list);
}

export const arrayFrom = Array.from;
const arrayIteratorPrototype = getPrototypeOf([].values());
const { isView } = ArrayBuffer;
const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
const typedLength = uncurryThis(getOwnPropertyDescriptor(typedArrayPrototype, "length").get);

// Whether Array.from() takes few elements, or takes them from code that V8 can stop.
function isSmallSource(items) {
  if (items === null || (typeof items !== "object" && typeof items !== "function")) {
    return typeof items !== "string" || items.length <= elements;
  }
  if (isProxy(items) || getPrototypeOf(items) === arrayIteratorPrototype) return false;
  if (hasOwn(items, "length")) return isSmall(items, elements);
  if (!("length" in items)) return true;
  return isView(items) && typedLength(items) <= elements;
}

guard(Array, {
  from(items, mapper = undefined, self) {
    if ((arrayProxies || !isArray(items) || items.length > elements) && !isSmallSource(items)) {
      return loops().from(this, items, mapper, self);
    }
    // V8 is faster where there is no mapper at all.
    return mapper === undefined
      ? invoke(arrayFrom, this, items)
      : invoke(arrayFrom, this, items, mapper, self);
  },
});
