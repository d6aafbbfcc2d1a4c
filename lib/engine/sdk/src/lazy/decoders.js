// SPDX-License-Identifier: Apache-2.0
const { TypeError, apply } = core.primordials;
const { fromCharCode } = String;
const chunk = 4096;

// How many bytes at the end start a character of UTF-8 that more bytes could complete.
export function incompleteUtf8(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    if (byte > 0xf4 || size <= back) return 0;
    return back === 1 || validSecond(byte, bytes[length - back + 1]) ? back : 0;
  }
  return 0;
}

// Some first bytes allow fewer second bytes: no overlong forms, no surrogates, nothing past
// U+10FFFF.
function validSecond(first, second) {
  switch (first) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}

function textOf(units) {
  let text = "";
  for (let i = 0; i < units.length; i += chunk) {
    text += apply(fromCharCode, undefined, units.subarray(i, i + chunk));
  }
  return text;
}

export function decodeUtf16(bytes, fatal) {
  const length = bytes.length >> 1;
  const units = new Uint16Array(length + (bytes.length & 1));
  let malformed = (bytes.length & 1) !== 0;
  for (let i = 0; i < length; i++) units[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
  if (malformed) units[length] = 0xfffd;
  for (let i = 0; i < length; i++) {
    if ((units[i] & 0xf800) !== 0xd800) continue;
    if (units[i] < 0xdc00 && i + 1 < length && (units[i + 1] & 0xfc00) === 0xdc00) {
      i++;
    } else {
      units[i] = 0xfffd;
      malformed = true;
    }
  }
  if (malformed && fatal)
    throw new TypeError("The encoded data was not valid for encoding utf-16le");
  return textOf(units);
}

// The code points of the bytes 0x80 to 0x9f; every other byte is its own code point.
const windows1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
  0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
  0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
];

export function decodeWindows1252(bytes) {
  const units = new Uint16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    units[i] = byte >= 0x80 && byte < 0xa0 ? windows1252[byte - 0x80] : byte;
  }
  return textOf(units);
}
