// SPDX-License-Identifier: Apache-2.0
// The methods of Array.prototype that change their receiver.
import { lengthOf, relative, speciesCollector, toIntegerOrInfinity, toObject } from "./abstract.js";

const { max, min, TypeError } = core.primordials;

// Moves one element as the built-ins do: a hole moves too.
function move(object, from, to) {
  if (from in object) object[to] = object[from];
  else delete object[to];
}

function moveRange(object, from, to, count) {
  if (from < to && to < from + count) {
    for (let i = count - 1; i >= 0; i--) move(object, from + i, to + i);
  } else {
    for (let i = 0; i < count; i++) move(object, from + i, to + i);
  }
}

function mustFit(length) {
  if (length > 2 ** 53 - 1) {
    throw new TypeError(
      `Pushing elements on an array-like of length ${length} is disallowed by ECMA-262`,
    );
  }
}

export const writes = {
  copyWithin(receiver, target, start, end) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const to = relative(target, length);
    const from = relative(start, length);
    const last = end === undefined ? length : relative(end, length);
    moveRange(object, from, to, min(last - from, length - to));
    return object;
  },
  fill(receiver, value, start, end) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const from = relative(start, length);
    const to = end === undefined ? length : relative(end, length);
    for (let index = from; index < to; index++) object[index] = value;
    return object;
  },
  reverse(receiver) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    for (let low = 0, high = length - 1; low < high; low++, high--) {
      const hasLow = low in object;
      const lowValue = hasLow ? object[low] : undefined;
      const hasHigh = high in object;
      const highValue = hasHigh ? object[high] : undefined;
      if (hasHigh) object[low] = highValue;
      else if (hasLow) delete object[low];
      if (hasLow) object[high] = lowValue;
      else if (hasHigh) delete object[high];
    }
    return object;
  },
  shift(receiver) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    if (length === 0) {
      object.length = 0;
      return undefined;
    }
    const first = object[0];
    moveRange(object, 1, 0, length - 1);
    delete object[length - 1];
    object.length = length - 1;
    return first;
  },
  unshift(receiver, values) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const count = values.length;
    if (count > 0) {
      mustFit(length + count);
      for (let i = length - 1; i >= 0; i--) move(object, i, i + count);
      for (let i = 0; i < count; i++) object[i] = values[i];
    }
    object.length = length + count;
    return length + count;
  },
  splice(receiver, values) {
    const object = toObject(receiver);
    const length = lengthOf(object);
    const start = relative(values[0], length);
    const count =
      values.length === 0
        ? 0
        : values.length === 1
          ? length - start
          : min(max(toIntegerOrInfinity(values[1]), 0), length - start);
    const added = max(values.length - 2, 0);
    mustFit(length + added - count);
    const removed = speciesCollector(object, count);
    for (let i = 0; i < count; i++) {
      if (start + i in object) removed.put(i, object[start + i]);
    }
    const result = removed.finish(count);
    const rest = length - count - start;
    if (added < count) {
      for (let i = 0; i < rest; i++) move(object, start + count + i, start + added + i);
      for (let i = length; i > length - count + added; i--) delete object[i - 1];
    } else if (added > count) {
      for (let i = rest - 1; i >= 0; i--) move(object, start + count + i, start + added + i);
    }
    for (let i = 0; i < added; i++) object[start + i] = values[i + 2];
    object.length = length - count + added;
    return result;
  },
};
