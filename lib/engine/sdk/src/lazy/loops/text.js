// SPDX-License-Identifier: Apache-2.0
// Searching strings: the built-in looks for the beginning of what is wanted, window by window, and
// compares the rest where it found that.
import { toIntegerOrInfinity } from "./abstract.js";

const { max, min, Symbol } = core.primordials;
const original = core.originals.strings;
const { indexOf, lastIndexOf, startsWith, substring } = original;
const { match: symbolMatch } = Symbol;
const kPrefix = 64;
const kWindow = 1 << 15;

// Where `wanted` is in `text` at `from` or later; -1 if nowhere.
export function find(text, wanted, from) {
  const last = text.length - wanted.length;
  if (wanted.length === 0) return min(from, text.length);
  const prefix = substring(wanted, 0, kPrefix);
  for (let at = from; at <= last; ) {
    const window = substring(text, at, at + kWindow + prefix.length - 1);
    const found = indexOf(window, prefix);
    if (found < 0) {
      at += kWindow;
    } else {
      at += found;
      if (at <= last && (prefix.length === wanted.length || startsWith(text, wanted, at))) return at;
      at++;
    }
  }
  return -1;
}

function findLast(text, wanted, from) {
  const prefix = substring(wanted, 0, kPrefix);
  for (let at = min(from, text.length - wanted.length); at >= 0; ) {
    const start = max(at - kWindow, 0);
    const window = substring(text, start, at + prefix.length);
    const found = lastIndexOf(window, prefix);
    if (found < 0) {
      at = start - 1;
    } else {
      at = start + found;
      if (prefix.length === wanted.length || startsWith(text, wanted, at)) return at;
      at--;
    }
  }
  return -1;
}

// Throws what the built-in throws where it has no receiver.
export function textOf(name, receiver) {
  return receiver === null || receiver === undefined ? original[name](receiver) : `${receiver}`;
}

function clamped(position, text) {
  return min(max(toIntegerOrInfinity(position), 0), text.length);
}

const { prototype: regExpPrototype, sourceOf } = core.originals.regExp;
const anyRegExp = /a/;

function isRegExp(value) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const asked = value[symbolMatch];
  if (asked !== undefined) return !!asked;
  try {
    sourceOf(value);
    return value !== regExpPrototype;
  } catch {
    return false;
  }
}

export const searches = {
  textIncludes(receiver, wanted, from) {
    const text = textOf("includes", receiver);
    if (isRegExp(wanted)) return original.includes(text, anyRegExp); // throws
    const sought = `${wanted}`;
    return find(text, sought, clamped(from, text)) >= 0;
  },
  textIndexOf(receiver, wanted, from) {
    const text = textOf("indexOf", receiver);
    const sought = `${wanted}`;
    return find(text, sought, clamped(from, text));
  },
  textLastIndexOf(receiver, wanted, from) {
    const text = textOf("lastIndexOf", receiver);
    const sought = `${wanted}`;
    const position = +from;
    return findLast(text, sought, position !== position ? text.length : clamped(position, text));
  },
};
