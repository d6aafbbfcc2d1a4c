// SPDX-License-Identifier: Apache-2.0
// repeat(), padStart() and padEnd(). A text that the heap has no room for is refused like one that
// is longer than any text may be; V8 would make it a promise of a text, and end where that is read.
import { toIntegerOrInfinity, toLength } from "./abstract.js";
import { textOf } from "./text.js";

const { RangeError } = core.primordials;
const original = core.originals.strings;
const { longestText } = native;

function checkLength(length) {
  if (length > longestText()) throw new RangeError("Invalid string length");
}

function padding(name) {
  return (receiver, length, filler) => {
    const text = textOf(name, receiver);
    const size = toLength(length);
    if (size <= text.length) return text;
    const filling = filler === undefined ? " " : `${filler}`;
    if (filling !== "") checkLength(size);
    return original[name](text, size, filling);
  };
}

export const growth = {
  padEnd: padding("padEnd"),
  padStart: padding("padStart"),
  repeat(receiver, count) {
    const text = textOf("repeat", receiver);
    const times = toIntegerOrInfinity(count);
    // What is no count at all is the built-in's to refuse.
    if (times !== Infinity) checkLength(text.length * times);
    return original.repeat(text, typeof count === "number" ? count : times);
  },
};
