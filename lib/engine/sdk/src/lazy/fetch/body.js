// SPDX-License-Identifier: Apache-2.0
// The body of a request or an answer: { source, used }, where the source is a text (of the host, so
// that it is Unicode) or bytes, which nobody else has; null where there is none.
import { jsonOf, textOf } from "../body_text.js";
import { bufferOf, bytesOf } from "../bytes.js";

const { TypeError, Uint8Array: Bytes } = core.primordials;
const { checkArgument, kv } = core;
const { encodeUtf8 } = native;
const isView = ArrayBuffer.isView;

export function makeBody(source) {
  return { __proto__: null, source, used: false };
}

// The body that a constructor is given, and the content type that it brings.
export function extract(value) {
  if (typeof value === "object" && value !== null) {
    if (isView(value) || kv.isBuffer(value)) {
      return { __proto__: null, body: makeBody(new Bytes(bytesOf(value))), type: undefined };
    }
    const parameters = core.load("url").paramsText(value);
    if (parameters !== undefined) {
      const type = "application/x-www-form-urlencoded;charset=UTF-8";
      return { __proto__: null, body: makeBody(encodeUtf8(parameters)), type };
    }
  }
  const text = `${value}`;
  checkArgument("fetch", text);
  return { __proto__: null, body: makeBody(encodeUtf8(text)), type: "text/plain;charset=UTF-8" };
}

export function checkUnused(body) {
  if (body?.used) throw new TypeError("The body was used already");
}

// What the body holds; nothing else can use it then.
export function take(body) {
  if (body === null) return "";
  checkUnused(body);
  body.used = true;
  return body.source;
}

// Of the platform that is not here; text() and its kin give all of it at once.
export function streamOf(body) {
  if (body === null) return null;
  throw new (core.load("dom").DOMException)(
    "Bodies are no streams here: use text(), json(), bytes() or arrayBuffer()",
    "NotSupportedError",
  );
}

function copyOf(source) {
  return typeof source === "string" ? encodeUtf8(source) : new Bytes(source);
}

export const read = {
  __proto__: null,
  text: (body) => textOf(take(body)),
  json: (body) => jsonOf(take(body)),
  bytes: (body) => copyOf(take(body)),
  arrayBuffer: (body) => bufferOf(copyOf(take(body))),
};
