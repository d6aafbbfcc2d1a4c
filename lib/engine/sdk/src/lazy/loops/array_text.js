// SPDX-License-Identifier: Apache-2.0
// join() and toLocaleString(), which put the texts of all elements together.
import { bareArray, lengthOf, toObject } from "./abstract.js";

const { invoke } = core.primordials;
const { join } = core.originals.arrays;
const kPiece = 4096;

// What is being joined: an array that holds itself is the empty text within itself.
const open = bareArray();

function texts(receiver, separator, textOf) {
  const object = toObject(receiver);
  const length = lengthOf(object);
  const between = separator === undefined ? "," : `${separator}`;
  for (let i = 0; i < open.length; i++) if (open[i] === object) return "";
  const depth = open.length;
  open[depth] = object;
  try {
    return joined(object, length, between, textOf);
  } finally {
    open.length = depth;
  }
}

// Pieces are joined by the built-in, so that the text is not a chain of its elements' texts.
function joined(object, length, between, textOf) {
  let text = "";
  for (let from = 0; from < length; from += kPiece) {
    const to = from + kPiece < length ? from + kPiece : length;
    const piece = bareArray();
    for (let index = from; index < to; index++) {
      const value = object[index];
      piece[index - from] = value === undefined || value === null ? "" : textOf(value);
    }
    text += from === 0 ? join(piece, between) : between + join(piece, between);
  }
  return text;
}

export const writtenTexts = {
  join(receiver, separator) {
    return texts(receiver, separator, (value) => `${value}`);
  },
  toLocaleString(receiver, locales, options) {
    return texts(receiver, ",", (value) => {
      const { toLocaleString } = value;
      if (options !== undefined) return `${invoke(toLocaleString, value, locales, options)}`;
      if (locales !== undefined) return `${invoke(toLocaleString, value, locales)}`;
      return `${invoke(toLocaleString, value)}`;
    });
  },
};
