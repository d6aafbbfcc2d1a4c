// SPDX-License-Identifier: Apache-2.0
// Placeholders for secrets: texts in whose place the host puts the value when it sends a request.
// The nonce, which nobody outside can guess, keeps data from asking for secrets.
import { sizeOf } from "./bytes.js";
import { argumentError } from "./request_error.js";

const { stringify, Uint8Array: Bytes } = core.primordials;
const { encodeUtf8, randomBytes } = native;
const digits = "0123456789abcdef";

function hex(bytes) {
  const size = sizeOf(bytes);
  let text = "";
  for (let i = 0; i < size; i++) text += digits[bytes[i] >> 4] + digits[bytes[i] & 15];
  return text;
}

function nonce() {
  if (core.nonce === undefined) {
    const bytes = new Bytes(16);
    randomBytes(bytes);
    core.nonce = hex(bytes);
  }
  return core.nonce;
}

function check(what, value) {
  if (typeof value !== "string") {
    throw argumentError(`${what} must be a string, not ${typeof value}`);
  }
}

function placeholder(members) {
  return `sublet-secret-${nonce()}-${hex(encodeUtf8(`{${members}}`))}-`;
}

export function secret(name) {
  check("a secret's name", name);
  return placeholder(`"secret":${stringify(name)}`);
}

export function token(provider, options) {
  check("a provider's name", provider);
  const user = options?.user;
  if (user === undefined) return placeholder(`"token":${stringify(provider)}`);
  check("the user", user);
  return placeholder(`"token":${stringify(provider)},"user":${stringify(user)}`);
}

export function encode(parts) {
  let text = "";
  for (let i = 0; i < parts.length; i++) {
    check("what is encoded", parts[i]);
    text += parts[i];
  }
  return placeholder(`"encode":${stringify(text)}`);
}
