// SPDX-License-Identifier: Apache-2.0
// Names and values of headers, and other tokens of HTTP.
const { slice, TypeError } = core.primordials;

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lowerCase = "abcdefghijklmnopqrstuvwxyz";
const others = "!#$%&'*+-.^_`|~0123456789";
const lower = { __proto__: null }; // each character of a token, in lower case
for (let i = 0; i < 26; i++) lower[upperCase[i]] = lower[lowerCase[i]] = lowerCase[i];
for (let i = 0; i < others.length; i++) lower[others[i]] = others[i];

// The text in lower case; undefined where it is no token.
export function lowerToken(text) {
  if (text === "") return undefined;
  let token = "";
  for (let i = 0; i < text.length; i++) {
    const character = lower[text[i]];
    if (character === undefined) return undefined;
    token += character;
  }
  return token;
}

export function fieldName(value) {
  const text = `${value}`;
  const name = lowerToken(text);
  if (name === undefined) throw new TypeError(`'${text}' is no valid name of a header`);
  return name;
}

const isSpace = (character) =>
  character === " " || character === "\t" || character === "\r" || character === "\n";

export function fieldValue(value, name) {
  const text = `${value}`;
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text[from])) from++;
  while (to > from && isSpace(text[to - 1])) to--;
  for (let i = from; i < to; i++) {
    const character = text[i];
    if (character > "\xff" || character === "\0" || character === "\r" || character === "\n") {
      throw new TypeError(`The value of the header '${name}' has a character that it may not have`);
    }
  }
  return slice(text, from, to);
}

const kinds = { __proto__: null };
const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
for (let i = 0; i < methods.length; i++) kinds[lowerToken(methods[i])] = methods[i];
kinds.connect = kinds.trace = kinds.track = "";

export function methodOf(value) {
  const text = `${value}`;
  const token = lowerToken(text);
  const kind = kinds[token];
  if (token === undefined || kind === "")
    throw new TypeError(`'${text}' is no method of a request`);
  return kind ?? text;
}

// What may follow a status: printable, a tab, or beyond ASCII.
export function reasonOf(value) {
  const text = `${value}`;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character > "\xff" || character === "\x7f" || (character < " " && character !== "\t")) {
      throw new TypeError("The statusText has a character that it may not have");
    }
  }
  return text;
}
