// SPDX-License-Identifier: Apache-2.0
// Stands in for whatwg-url's lib/encoding.js, which wants TextEncoder and TextDecoder.
const { encodeUtf8, decodeUtf8 } = native;

export const utf8Encode = (text) => encodeUtf8(text);
export const utf8DecodeWithoutBOM = (bytes) => decodeUtf8(bytes, false);
