// SPDX-License-Identifier: Apache-2.0
const { TypeError } = core.primordials;
const { fromCharCode } = String;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;

function invalid(message) {
  return new (core.load("dom").DOMException)(message, "InvalidCharacterError");
}

export const { atob, btoa } = {
  atob(data) {
    if (arguments.length === 0) throw new TypeError("atob needs a string");
    let text = `${data}`.replace(/[\t\n\f\r ]+/g, "");
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, "");
    if (text.length % 4 === 1) throw invalid("The string is not correctly encoded");
    let result = "";
    let bits = 0;
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      const value = values[text.charCodeAt(i)] ?? -1;
      if (value < 0) throw invalid("The string contains a character that is not Base64");
      bits = ((bits << 6) | value) & 0xffff;
      count += 6;
      if (count >= 8) {
        count -= 8;
        result += fromCharCode((bits >> count) & 0xff);
      }
    }
    return result;
  },
  btoa(data) {
    if (arguments.length === 0) throw new TypeError("btoa needs a string");
    const text = `${data}`;
    let result = "";
    for (let i = 0; i < text.length; i += 3) {
      const first = text.charCodeAt(i);
      const second = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      const third = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
      if ((first | second | third) > 0xff) {
        throw invalid("The string contains a character outside of Latin-1");
      }
      const bits = (first << 16) | (second << 8) | third;
      result +=
        alphabet[bits >> 18] +
        alphabet[(bits >> 12) & 63] +
        (i + 1 < text.length ? alphabet[(bits >> 6) & 63] : "=") +
        (i + 2 < text.length ? alphabet[bits & 63] : "=");
    }
    return result;
  },
};
