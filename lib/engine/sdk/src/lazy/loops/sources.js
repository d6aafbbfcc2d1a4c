// SPDX-License-Identifier: Apache-2.0
// Array.from()
import { arrayCollector, collectorInto, isConstructor, lengthOf, toObject } from "./abstract.js";

const { Array, invoke, Symbol } = core.primordials;
const { iterator } = Symbol;
const original = core.originals.arrayFrom;

function collector(constructor, ...length) {
  if (constructor === Array || !isConstructor(constructor)) return arrayCollector(length[0] ?? 0);
  return collectorInto(new constructor(...length));
}

export const sources = {
  from(constructor, items, mapper, self) {
    // Throws for what cannot be called.
    if (mapper !== undefined && typeof mapper !== "function") invoke(original, Array, [], mapper);
    const mapped = (value, index) =>
      mapper === undefined ? value : invoke(mapper, self, value, index);
    const method = items[iterator];
    if (method === undefined || method === null) {
      const object = toObject(items);
      const length = lengthOf(object);
      const results = collector(constructor, length);
      for (let index = 0; index < length; index++) results.put(index, mapped(object[index], index));
      return results.finish(length);
    }
    // Throws for what cannot be called.
    if (typeof method !== "function") {
      invoke(original, Array, { __proto__: null, [iterator]: method });
    }
    const results = collector(constructor);
    let size = 0;
    const iterable = { __proto__: null, [iterator]: () => invoke(method, items) };
    for (const value of iterable) {
      results.put(size, mapped(value, size));
      size++;
    }
    return results.finish(size);
  },
};
