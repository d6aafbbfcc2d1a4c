// SPDX-License-Identifier: Apache-2.0
// encodeURIComponent() and its like, piece by piece. A piece ends where neither a surrogate pair
// nor the escape sequence of one character is cut.
const original = core.originals.uri;
const { charCodeAt, substring } = core.originals.strings;
const kPiece = 1 << 14;
const kPercent = 0x25;

function isCharacterStart(text, at) {
  const code = charCodeAt(text, at);
  if (code >= 0xdc00 && code < 0xe000) return false;
  // "%uXXXX" is the longest of one unit; "%XX" with 8 to B as its first digit goes on with another.
  for (let back = 1; back < 6; back++) {
    if (charCodeAt(text, at - back) === kPercent) {
      return code === kPercent && back === 3 && !isContinuation(charCodeAt(text, at + 1));
    }
  }
  return code !== kPercent || !isContinuation(charCodeAt(text, at + 1));
}

// Of '8', '9', 'A', 'B', 'a', 'b'.
const isContinuation = (code) =>
  code === 0x38 || code === 0x39 || code === 0x41 || code === 0x42 || code === 0x61 || code === 0x62;

export function uri(name, value) {
  const convert = original[name];
  const text = typeof value === "string" ? value : `${value}`;
  let made = "";
  for (let from = 0; from < text.length; ) {
    let end = from + kPiece;
    while (end < text.length && !isCharacterStart(text, end)) end++;
    made += convert(substring(text, from, end));
    from = end;
  }
  return made;
}
