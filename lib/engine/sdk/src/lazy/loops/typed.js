// SPDX-License-Identifier: Apache-2.0
// The methods of typed arrays that take long for one long array.
import { lengthOf, toIntegerOrInfinity, toObject } from "./abstract.js";

const { is, random, trunc } = core.primordials;
const original = core.originals.typed;
const kPiece = 1 << 14;
const kWritten = 1 << 8;

function part(array, from, to) {
  const Plain = original.classes[original.kind(array)];
  const start = original.byteOffset(array) + from * Plain.BYTES_PER_ELEMENT;
  return new Plain(original.buffer(array), start, to - from);
}

// Sorting puts -0 before 0; NaN is not among the values.
const isLess = (a, b) => a < b || (a === 0 && b === 0 && is(a, -0) && is(b, 0));

// Makes all values up to the answered place no more than those after it.
function partition(array, low, high) {
  const pivot = array[low + trunc(random() * (high - low))];
  let left = low - 1;
  let right = high + 1;
  for (;;) {
    do left++;
    while (isLess(array[left], pivot));
    do right--;
    while (isLess(pivot, array[right]));
    if (left >= right) return right;
    const value = array[left];
    array[left] = array[right];
    array[right] = value;
  }
}

// Quicksort; the built-in sorts what is short. Works in place: there may be no room for a copy.
function sortRange(array, from, to) {
  let low = from;
  let high = to;
  while (high - low >= kPiece) {
    const middle = partition(array, low, high);
    // The shorter side first, so that the stack stays small.
    if (middle - low < high - middle) {
      sortRange(array, low, middle);
      low = middle + 1;
    } else {
      sortRange(array, middle + 1, high);
      high = middle;
    }
  }
  original.sort(part(array, low, high + 1));
}

// Moves what is not a number behind the others; answers where it begins.
function moveNaN(array, length) {
  let end = length;
  for (let i = 0; i < end; ) {
    const value = array[i];
    if (value === value) {
      i++;
    } else {
      end--;
      array[i] = array[end];
      array[end] = value;
    }
  }
  return end;
}

export const typed = {
  typedJoin(receiver, separator) {
    const length = original.length(receiver);
    const between = separator === undefined ? "," : `${separator}`;
    // The separator's code may have taken the elements away.
    if (original.length(receiver) !== length) return original.join(receiver, between);
    let text = "";
    for (let from = 0; from < length; from += kPiece) {
      const to = from + kPiece < length ? from + kPiece : length;
      text += (from === 0 ? "" : between) + original.join(part(receiver, from, to), between);
    }
    return text;
  },
  typedToLocaleString(receiver, locales, options) {
    const length = original.length(receiver);
    let text = "";
    for (let from = 0; from < length; from += kWritten) {
      const to = from + kWritten < length ? from + kWritten : length;
      const written = original.toLocaleString(part(receiver, from, to), locales, options);
      text += (from === 0 ? "" : ",") + written;
    }
    return text;
  },
  typedSet(receiver, source, offset) {
    const start = toIntegerOrInfinity(offset);
    if (start < 0) return original.set(receiver, [], -1); // throws
    const target = original.length(receiver);
    const object = toObject(source);
    const length = lengthOf(object);
    if (start + length > target) return original.set(receiver, [], target + 1); // throws
    for (let i = 0; i < length; i++) receiver[start + i] = object[i];
  },
  typedSort(receiver) {
    const end = moveNaN(receiver, original.length(receiver));
    sortRange(receiver, 0, end - 1);
    return receiver;
  },
};
