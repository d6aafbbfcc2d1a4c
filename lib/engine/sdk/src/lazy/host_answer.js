// SPDX-License-Identifier: Apache-2.0
// The host's answer to a request: { status, statusText, url, redirected, headers, text }, where
// headers are pairs; or bytes, where the body is no UTF-8: the length of the head in four bytes,
// the head as such an object without `text`, and the body.
import { bufferOf, offsetOf, sizeOf, typedArrayName } from "./bytes.js";

const { parse, Uint8Array: Bytes } = core.primordials;
const { decodeUtf8 } = native;
const kLength = 4;

// Answers { head, body }; the body is a text, or bytes that share their buffer with the head.
export function readAnswer(answer) {
  if (typedArrayName(answer) !== "Uint8Array") {
    return { __proto__: null, head: answer, body: answer.text };
  }
  const size = (answer[0] | (answer[1] << 8) | (answer[2] << 16) | (answer[3] << 24)) >>> 0;
  const buffer = bufferOf(answer);
  const start = offsetOf(answer) + kLength;
  const head = parse(decodeUtf8(new Bytes(buffer, start, size), false));
  const body = new Bytes(buffer, start + size, sizeOf(answer) - kLength - size);
  return { __proto__: null, head, body };
}
