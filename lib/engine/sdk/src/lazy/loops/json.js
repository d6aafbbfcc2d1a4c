// SPDX-License-Identifier: Apache-2.0
// JSON.parse of long texts: the built-in parses pieces of some members of an array or object each.
// A member that is longer than a piece is gone into.
import { bareArray, finished, lengthOf } from "./abstract.js";

const { define, deleteProperty, invoke, isArray, keys, SyntaxError } = core.primordials;
const original = core.originals.parseJson;
const { charCodeAt, replace, substring } = core.originals.strings;
const kPiece = 1 << 14;
const [kQuote, kBackslash, kComma, kColon] = [0x22, 0x5c, 0x2c, 0x3a];
const [kBracket, kBracketEnd, kBrace, kBraceEnd] = [0x5b, 0x5d, 0x7b, 0x7d];

const isSpace = (code) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipSpace(text, at) {
  while (isSpace(charCodeAt(text, at))) at++;
  return at;
}

// After the string whose quote is at `at`.
function afterString(text, at) {
  for (at++; at < text.length; at++) {
    const code = charCodeAt(text, at);
    if (code === kBackslash) at++;
    else if (code === kQuote) return at + 1;
  }
  return text.length;
}

const position = /position (\d+)/;

// Parses `before` and the text between two places; an error says where in the whole text it is.
function parsePart(before, text, from, to) {
  try {
    return original(before + substring(text, from, to));
  } catch (error) {
    const message = replace(error.message, position, (_, at) => `position ${at - before.length + from}`);
    throw new SyntaxError(message);
  }
}

// The place of the first comma or end of this level after a piece is full, or of the last comma
// within the piece. `at` is where a member begins.
function endOfPiece(text, from) {
  let depth = 0;
  let comma = -1;
  for (let at = from; at < text.length; at++) {
    const code = charCodeAt(text, at);
    if (code === kQuote) {
      at = afterString(text, at) - 1;
    } else if (code === kBracket || code === kBrace) {
      depth++;
    } else if (code === kBracketEnd || code === kBraceEnd) {
      if (depth-- === 0) return at;
    } else if (code === kComma && depth === 0) {
      comma = at;
    }
    if (at - from >= kPiece && (comma >= 0 || depth > 0)) return comma;
  }
  return text.length;
}

function take(frame, value) {
  const { target } = frame;
  if (frame.isArray) target[target.length] = value;
  else define(target, frame.key, value, true);
}

// Adds the members between two places; what ends them is part of the text that is parsed.
function takePiece(frame, text, from, end) {
  const code = charCodeAt(text, end);
  const open = frame.isArray ? "[" : "{";
  const closes = code !== kComma;
  if (skipSpace(text, from) === end) {
    // Nothing is a member only where it is all there is.
    const before = frame.isEmpty ? open : frame.isArray ? "[0," : '{"":0,';
    parsePart(before, text, from, end + 1);
    return;
  }
  const part = closes
    ? parsePart(open, text, from, end + 1)
    : parseMembers(open, text, from, end, frame.isArray ? "]" : "}");
  frame.isEmpty = false;
  if (frame.isArray) {
    for (let i = 0; i < part.length; i++) take(frame, part[i]);
    return;
  }
  const names = keys(part);
  for (let i = 0; i < names.length; i++) define(frame.target, names[i], part[names[i]], true);
}

function parseMembers(open, text, from, end, close) {
  try {
    return original(open + substring(text, from, end) + close);
  } catch {
    // With what follows instead of the end the error is that of the whole text.
    return parsePart(open, text, from, end + 1 + kPiece);
  }
}

const newFrame = (isList) => ({
  __proto__: null,
  isArray: isList,
  target: isList ? bareArray() : {},
  isEmpty: true,
  key: undefined,
});

// Reads the name of a member that is gone into; answers where its value begins.
function readName(frame, text, from) {
  const start = skipSpace(text, from);
  const end = charCodeAt(text, start) === kQuote ? afterString(text, start) : start + 1;
  const colon = skipSpace(text, end);
  if (charCodeAt(text, start) !== kQuote || charCodeAt(text, colon) !== kColon) {
    parsePart("{", text, from, colon + 1); // throws
  }
  frame.key = parsePart("", text, start, end);
  return skipSpace(text, colon + 1);
}

function parseContainer(text, start) {
  const frames = bareArray();
  let frame = newFrame(charCodeAt(text, start) === kBracket);
  let at = start + 1;
  for (;;) {
    let end = endOfPiece(text, at);
    if (end >= 0) {
      takePiece(frame, text, at, end);
    } else {
      // One member that is longer than a piece.
      const value = frame.isArray ? skipSpace(text, at) : readName(frame, text, at);
      const code = charCodeAt(text, value);
      if (code === kBracket || code === kBrace) {
        frame.isEmpty = false;
        frames[frames.length] = frame;
        frame = newFrame(code === kBracket);
        at = value + 1;
        continue;
      }
      parsePart("", text, value, text.length); // throws: no value holds a container
    }
    // Out of all containers that end here.
    while (charCodeAt(text, end) !== kComma) {
      const value = frame.isArray ? finished(frame.target) : frame.target;
      if (frames.length === 0) {
        if (skipSpace(text, end + 1) < text.length) parsePart("[]", text, end + 1, text.length);
        return value;
      }
      frame = frames[frames.length - 1];
      frames.length--;
      take(frame, value);
      end = skipSpace(text, end + 1);
      const code = charCodeAt(text, end);
      if (code !== kComma && code !== (frame.isArray ? kBracketEnd : kBraceEnd)) {
        parsePart(frame.isArray ? "[0" : '{"":0', text, end, end + 1); // throws
      }
    }
    at = end + 1;
  }
}

// What a reviver makes of a value and, before, of what is in it.
function revive(holder, name, reviver) {
  const value = holder[name];
  if (value !== null && typeof value === "object") {
    const isList = isArray(value);
    const names = isList ? undefined : keys(value);
    const count = isList ? lengthOf(value) : names.length;
    for (let i = 0; i < count; i++) {
      const key = isList ? `${i}` : names[i];
      const revived = revive(value, key, reviver);
      if (revived === undefined) deleteProperty(value, key);
      else define(value, key, revived, true);
    }
  }
  return invoke(reviver, holder, name, value);
}

// Later V8s give a reviver the source text of each value.
let toldMore = false;
original("1", (...values) => {
  toldMore = values.length > 2;
});

export const json = {
  parse(value, reviver) {
    const text = `${value}`;
    if (typeof reviver === "function" && toldMore) return original(text, reviver);
    const start = skipSpace(text, 0);
    const code = charCodeAt(text, start);
    const parsed =
      code === kBracket || code === kBrace ? parseContainer(text, start) : original(text);
    return typeof reviver === "function" ? revive({ "": parsed }, "", reviver) : parsed;
  },
};
