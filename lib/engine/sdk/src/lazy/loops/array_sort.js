// SPDX-License-Identifier: Apache-2.0
// Sorting: the built-in does it, with a comparison that V8 can stop in.
import { arrayCollector, bareArray, finished, lengthOf, toObject } from "./abstract.js";

const { isArray } = core.primordials;
const { sort, toSorted } = core.originals.arrays;
const { elements } = core.limits;

function byText(a, b) {
  const left = `${a}`;
  const right = `${b}`;
  return left < right ? -1 : right < left ? 1 : 0;
}

// Values in order; undefined comes last and is never compared.
function sorted(values, comparator) {
  return sort(finished(values), comparator ?? byText);
}

export const sorts = {
  sort(receiver, comparator) {
    if (comparator !== undefined && typeof comparator !== "function") {
      return sort(receiver, comparator); // throws
    }
    if (isArray(receiver) && !core.isProxy(receiver) && receiver.length <= elements) {
      return sort(receiver, comparator ?? byText);
    }
    const object = toObject(receiver);
    const length = lengthOf(object);
    if (length < 2) return object;
    const values = bareArray();
    for (let index = 0; index < length; index++) {
      if (index in object) values[values.length] = object[index];
    }
    sorted(values, comparator);
    let index = 0;
    for (; index < values.length; index++) object[index] = values[index];
    for (; index < length; index++) delete object[index];
    return object;
  },
  toSorted(receiver, comparator) {
    if (comparator !== undefined && typeof comparator !== "function") {
      return toSorted(receiver, comparator); // throws
    }
    const object = toObject(receiver);
    const length = lengthOf(object);
    const values = arrayCollector(length);
    for (let index = 0; index < length; index++) values.put(index, object[index]);
    return sorted(values.finish(), comparator);
  },
};
