// SPDX-License-Identifier: Apache-2.0
// split(), replace() and replaceAll() with a pattern that is a string.
import { bareArray, finished } from "./abstract.js";
import { find, textOf } from "./text.js";

const { invoke, max, Symbol } = core.primordials;
const original = core.originals.strings;
const { join } = core.originals.arrays;
const { indexOf, substring } = original;
const kPiece = 1 << 15;
const kParts = 4096;

// Puts a long text together without making it a chain of short ones.
function makeBuilder() {
  let text = "";
  let parts = bareArray();
  return {
    __proto__: null,
    add(part) {
      parts[parts.length] = part;
      if (parts.length === kParts) {
        text += join(parts, "");
        parts = bareArray();
      }
    },
    finish: () => text + join(parts, ""),
  };
}

// Calls `take` with what lies between the separators, until it answers false.
function eachPart(text, separator, take) {
  let at = 0;
  while (separator.length < kPiece && at + kPiece < text.length) {
    const pieces = original.split(substring(text, at, at + kPiece), separator);
    const complete = pieces.length - 1;
    for (let i = 0; i < complete; i++) {
      if (!take(pieces[i])) return;
      at += pieces[i].length + separator.length;
    }
    if (complete > 0) continue;
    const found = find(text, separator, at);
    if (found < 0) break;
    if (!take(substring(text, at, found))) return;
    at = found + separator.length;
  }
  for (let found; (found = find(text, separator, at)) >= 0; at = found + separator.length) {
    if (!take(substring(text, at, found))) return;
  }
  take(substring(text, at));
}

function split(receiver, separator, limit) {
  // What a tenant put on the prototype of strings.
  if (receiver === null || receiver === undefined || separator[Symbol.split] !== undefined) {
    return original.split(receiver, separator, limit);
  }
  const text = `${receiver}`;
  const most = limit === undefined ? 2 ** 32 - 1 : +limit >>> 0;
  const parts = bareArray();
  if (most === 0) return finished(parts);
  if (separator === "") {
    for (let i = 0; i < text.length && i < most; i++) parts[i] = text[i];
    return finished(parts);
  }
  eachPart(text, separator, (part) => (parts[parts.length] = part, parts.length < most));
  return finished(parts);
}

// What a replacement's "$&" and the like stand for.
function expand(template, text, at, matched) {
  let made = "";
  let from = 0;
  for (;;) {
    const dollar = indexOf(template, "$", from);
    if (dollar < 0 || dollar + 1 === template.length) return made + substring(template, from);
    const next = template[dollar + 1];
    made += substring(template, from, dollar);
    from = dollar + 2;
    if (next === "$") made += "$";
    else if (next === "&") made += matched;
    else if (next === "`") made += substring(text, 0, at);
    else if (next === "'") made += substring(text, at + matched.length);
    else {
      made += "$";
      from = dollar + 1;
    }
  }
}

// A function that answers the text for the match at a place.
function replacer(text, pattern, replacement) {
  if (typeof replacement === "function") {
    return (at) => `${invoke(replacement, undefined, pattern, at, text)}`;
  }
  const template = `${replacement}`;
  if (indexOf(template, "$") < 0) return () => template;
  return (at) => expand(template, text, at, pattern);
}

function replace(receiver, pattern, replacement) {
  if (pattern[Symbol.replace] !== undefined) {
    return original.replace(receiver, pattern, replacement);
  }
  const text = textOf("replace", receiver);
  const textAt = replacer(text, pattern, replacement);
  const at = find(text, pattern, 0);
  if (at < 0) return text;
  return substring(text, 0, at) + textAt(at) + substring(text, at + pattern.length);
}

function replaceAll(receiver, pattern, replacement) {
  if (pattern[Symbol.replace] !== undefined) {
    return original.replaceAll(receiver, pattern, replacement);
  }
  const text = textOf("replaceAll", receiver);
  const textAt = replacer(text, pattern, replacement);
  const builder = makeBuilder();
  if (pattern === "") {
    for (let at = 0; at <= text.length; at++) {
      builder.add(textAt(at));
      if (at < text.length) builder.add(text[at]);
    }
    return builder.finish();
  }
  let end = -pattern.length;
  eachPart(text, pattern, (part) => {
    if (end >= 0) builder.add(textAt(end));
    builder.add(part);
    end = max(end, -pattern.length) + pattern.length + part.length;
    return true;
  });
  return builder.finish();
}

export const edits = { split, replace, replaceAll };
