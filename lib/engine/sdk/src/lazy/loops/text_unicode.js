// SPDX-License-Identifier: Apache-2.0
// Normalization and upper and lower case of long texts, piece by piece. A text is cut where what
// follows stands for itself: there the results of both sides are the result of the whole.
import { textOf } from "./text.js";

const { RangeError } = core.primordials;
const original = core.originals.strings;
const { charCodeAt, indexOf, substring } = original;
const { unbroken } = core.limits;
const kPiece = unbroken;

// Blocks of letters that combine with nothing before them, in any form. Where a block is not
// among these, a text can still be cut at its spaces and punctuation.
function standsAlone(code) {
  return (
    code < 0x300 ||
    (code >= 0x370 && code < 0x483) ||
    (code >= 0x48a && code < 0x590) ||
    (code >= 0x5d0 && code < 0x5eb) ||
    (code >= 0x620 && code < 0x64b) ||
    (code >= 0x904 && code < 0x93a) ||
    (code >= 0xe01 && code < 0xe31) ||
    (code >= 0x1e00 && code < 0x2000) ||
    (code >= 0x2010 && code < 0x2028) ||
    (code >= 0x2030 && code < 0x2060) ||
    (code >= 0x3001 && code < 0x3029) ||
    (code >= 0x3041 && code < 0x3097) ||
    (code >= 0x30a1 && code < 0x30fb) ||
    (code >= 0x3400 && code < 0xa000) ||
    (code >= 0xac00 && code < 0xd7a4) ||
    (code >= 0xd83c && code < 0xd83f) ||
    (code >= 0xe000 && code < 0xfb00) ||
    (code >= 0xfb50 && code < 0xfe00)
  );
}

const isSpace = (code) => code === 0x20 || (code >= 9 && code < 14);

// Where the piece that begins at `from` ends.
function endOfPiece(name, text, from, mayEnd) {
  let end = from + kPiece;
  if (end >= text.length) return text.length;
  while (end > from && !mayEnd(charCodeAt(text, end))) end--;
  if (end > from) return end;
  throw new RangeError(
    `String.prototype.${name}: more than ${unbroken} characters that cannot be taken apart`,
  );
}

function inPieces(name, text, mayEnd, convert) {
  let made = "";
  for (let from = 0; from < text.length; ) {
    const end = endOfPiece(name, text, from, mayEnd);
    made += convert(substring(text, from, end));
    from = end;
  }
  return made;
}

function caseConversion(name) {
  const convert = original[name];
  return (receiver, locales) => {
    const text = textOf(name, receiver);
    // Finds what is wrong with the locales, for a short text too.
    convert("", locales);
    // A sigma at the end of a word has a form of its own.
    const mayEnd = indexOf(text, "\u03a3") < 0 ? standsAlone : isSpace;
    return inPieces(name, text, mayEnd, (piece) => convert(piece, locales));
  };
}

// Throws for a text of which ICU would have to make one piece.
function checkPieces(text) {
  inPieces("localeCompare", text, standsAlone, () => "");
}

export const unicode = {
  normalize(receiver, form) {
    const text = textOf("normalize", receiver);
    const chosen = form === undefined ? form : `${form}`;
    original.normalize("", chosen);
    return inPieces("normalize", text, standsAlone, (piece) => original.normalize(piece, chosen));
  },
  localeCompare(receiver, that, locales, options) {
    const text = textOf("localeCompare", receiver);
    const other = `${that}`;
    checkPieces(text);
    checkPieces(other);
    return original.localeCompare(text, other, locales, options);
  },
  collate(compare, x, y) {
    const text = `${x}`;
    const other = `${y}`;
    checkPieces(text);
    checkPieces(other);
    return compare(text, other);
  },
  toLocaleLowerCase: caseConversion("toLocaleLowerCase"),
  toLocaleUpperCase: caseConversion("toLocaleUpperCase"),
  toLowerCase: caseConversion("toLowerCase"),
  toUpperCase: caseConversion("toUpperCase"),
};
