// SPDX-License-Identifier: Apache-2.0
// The methods of Array.prototype that only read their receiver.
import { arrayCollector, lengthOf, relative, speciesCollector, toIntegerOrInfinity, toObject } from "./abstract.js";

const { invoke, isArray, max, min, Symbol, TypeError } = core.primordials;
const { isConcatSpreadable } = Symbol;
const original = core.originals.arrays;

// Throws what the built-in throws for something that cannot be called.
function mustCall(name, callback) {
  if (typeof callback !== "function") original[name]([], callback);
}

function search(name, upwards, found, missing) {
  return (receiver, callback, self) => {
    const object = toObject(receiver);
    const length = lengthOf(object);
    mustCall(name, callback);
    for (let i = 0; i < length; i++) {
      const index = upwards ? i : length - 1 - i;
      const value = object[index];
      if (invoke(callback, self, value, index, object)) return found(value, index);
    }
    return missing;
  };
}

function each(name, initial, step) {
  return (receiver, callback, self) => {
    const object = toObject(receiver);
    const length = lengthOf(object);
    mustCall(name, callback);
    for (let index = 0; index < length; index++) {
      if (index in object) {
        const answer = invoke(callback, self, object[index], index, object);
        if (step(answer)) return !initial;
      }
    }
    return initial;
  };
}

function map(receiver, callback, self) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  mustCall("map", callback);
  const results = speciesCollector(object, length);
  for (let index = 0; index < length; index++) {
    if (index in object) {
      results.put(index, invoke(callback, self, object[index], index, object));
    }
  }
  return results.finish();
}

function filter(receiver, callback, self) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  mustCall("filter", callback);
  const results = speciesCollector(object, 0);
  let size = 0;
  for (let index = 0; index < length; index++) {
    if (index in object) {
      const value = object[index];
      if (invoke(callback, self, value, index, object)) results.put(size++, value);
    }
  }
  return results.finish();
}

function fold(name, upwards) {
  return (receiver, values) => {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const callback = values[0];
    mustCall(name, callback);
    let i = 0;
    let result;
    if (values.length > 1) {
      result = values[1];
    } else {
      while (i < length && !((upwards ? i : length - 1 - i) in object)) i++;
      if (i === length) return original[name]([], callback); // throws
      result = object[upwards ? i : length - 1 - i];
      i++;
    }
    for (; i < length; i++) {
      const index = upwards ? i : length - 1 - i;
      if (index in object) {
        result = invoke(callback, undefined, result, object[index], index, object);
      }
    }
    return result;
  };
}

function indexOf(receiver, value, from) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  if (length === 0) return -1;
  for (let index = relative(from, length); index < length; index++) {
    if (index in object && object[index] === value) return index;
  }
  return -1;
}

function lastIndexOf(receiver, values) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  if (length === 0) return -1;
  const value = values[0];
  const from = values.length > 1 ? toIntegerOrInfinity(values[1]) : length - 1;
  for (let i = from < 0 ? length + from : from < length ? from : length - 1; i >= 0; i--) {
    if (i in object && object[i] === value) return i;
  }
  return -1;
}

function includes(receiver, value, from) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  if (length === 0) return false;
  for (let index = relative(from, length); index < length; index++) {
    const element = object[index];
    if (element === value || (value !== value && element !== element)) return true;
  }
  return false;
}

function slice(receiver, start, end) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  let from = relative(start, length);
  const to = end === undefined ? length : relative(end, length);
  const results = speciesCollector(object, to > from ? to - from : 0);
  let size = 0;
  for (; from < to; from++, size++) if (from in object) results.put(size, object[from]);
  return results.finish(size);
}

function flatten(results, start, object, length, depth, callback, self) {
  let size = start;
  for (let index = 0; index < length; index++) {
    if (!(index in object)) continue;
    let value = object[index];
    if (callback !== undefined) value = invoke(callback, self, value, index, object);
    if (depth > 0 && isArray(value)) {
      size = flatten(results, size, value, lengthOf(value), depth - 1);
    } else {
      results.put(size++, value);
    }
  }
  return size;
}

function flat(receiver, depth) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  const levels = depth === undefined ? 1 : toIntegerOrInfinity(depth);
  const results = speciesCollector(object, 0);
  flatten(results, 0, object, length, levels);
  return results.finish();
}

function flatMap(receiver, callback, self) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  mustCall("flatMap", callback);
  const results = speciesCollector(object, 0);
  flatten(results, 0, object, length, 1, callback, self);
  return results.finish();
}

function concat(receiver, items) {
  const object = toObject(receiver);
  const results = speciesCollector(object, 0);
  let size = 0;
  for (let i = -1; i < items.length; i++) {
    const item = i < 0 ? object : items[i];
    const asked =
      item !== null && (typeof item === "object" || typeof item === "function")
        ? item[isConcatSpreadable]
        : false;
    if (asked === undefined ? isArray(item) : asked) {
      const length = lengthOf(item);
      if (size + length > 2 ** 53 - 1) throw new TypeError("Invalid array length");
      for (let index = 0; index < length; index++) {
        if (index in item) results.put(size + index, item[index]);
      }
      size += length;
    } else {
      results.put(size++, item);
    }
  }
  return results.finish(size);
}

// Copies with all holes filled: toReversed() and its like.
function copied(length, valueAt) {
  const results = arrayCollector(length);
  for (let index = 0; index < length; index++) results.put(index, valueAt(index));
  return results.finish();
}

const forEach = each("forEach", undefined, () => false);
const yes = (answer) => !!answer;
const no = (answer) => !answer;
const valueOf = (value) => value;
const indexOfFound = (_, index) => index;

export const reads = {
  every: each("every", true, no),
  some: each("some", false, yes),
  forEach,
  map,
  filter,
  find: search("find", true, valueOf, undefined),
  findIndex: search("findIndex", true, indexOfFound, -1),
  findLast: search("findLast", false, valueOf, undefined),
  findLastIndex: search("findLastIndex", false, indexOfFound, -1),
  reduce: fold("reduce", true),
  reduceRight: fold("reduceRight", false),
  indexOf,
  lastIndexOf,
  includes,
  slice,
  flat,
  flatMap,
  concat,
  toReversed(receiver) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    return copied(length, (index) => object[length - 1 - index]);
  },
  with(receiver, index, value) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const integer = toIntegerOrInfinity(index);
    const at = integer < 0 ? length + integer : integer;
    // Throws, and says which index was asked for.
    if (at < 0 || at >= length) return original.with([], typeof index === "object" ? integer : index, value);
    return copied(length, (i) => (i === at ? value : object[i]));
  },
  toSpliced(receiver, values) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const start = relative(values[0], length);
    const skipped =
      values.length === 0 ? 0
      : values.length === 1 ? length - start
      : min(max(toIntegerOrInfinity(values[1]), 0), length - start);
    const added = max(values.length - 2, 0);
    const size = length + added - skipped;
    if (size > 2 ** 53 - 1) throw new TypeError("Invalid array length");
    return copied(size, (i) =>
      i < start ? object[i] : i < start + added ? values[i - start + 2] : object[i - added + skipped],
    );
  },
};
