// SPDX-License-Identifier: Apache-2.0
// structuredClone, atob, btoa, crypto and performance.
import { atob, btoa } from "./base64.js";
import { isArrayBuffer, typedArrayName } from "./bytes.js";

const { Error, now, TypeError } = core.primordials;
const nativeClone = native.structuredClone;
const nativeNow = native.now;
const { randomBytes } = native;
const Bytes = Uint8Array;

function exception(message, name) {
  return new (core.load("dom").DOMException)(message, name);
}

// Of the engine itself; what the value's own getters throw passes as it is.
function isCloneError(error) {
  return error instanceof Error && error.name === "Error" && /\bcloned\b/.test(error.message);
}

const { structuredClone } = {
  structuredClone(value, options = undefined) {
    if (arguments.length === 0) throw new TypeError("structuredClone needs a value");
    const transfer = [...(options?.transfer ?? [])];
    for (let i = 0; i < transfer.length; i++) {
      if (!isArrayBuffer(transfer[i])) {
        throw exception("Only an ArrayBuffer can be transferred", "DataCloneError");
      }
    }
    try {
      return nativeClone(value, transfer);
    } catch (error) {
      throw isCloneError(error) ? exception(error.message, "DataCloneError") : error;
    }
  },
};

const integerArrays = {
  __proto__: null,
  Int8Array: 1,
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  Int16Array: 1,
  Uint16Array: 1,
  Int32Array: 1,
  Uint32Array: 1,
  BigInt64Array: 1,
  BigUint64Array: 1,
};

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const crypto = {
  getRandomValues(array) {
    if (!(typedArrayName(array) in integerArrays)) {
      throw exception("The array must be a typed array of integers", "TypeMismatchError");
    }
    const { buffer, byteOffset, byteLength } = array;
    if (byteLength > 65536) {
      throw exception(
        `${byteLength} bytes are more than the 65536 that one call gives`,
        "QuotaExceededError",
      );
    }
    if (byteLength > 0) randomBytes(new Bytes(buffer, byteOffset, byteLength));
    return array;
  },
  randomUUID() {
    const bytes = new Bytes(16);
    randomBytes(bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = "";
    for (let i = 0; i < 16; i++) {
      text += (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") + hex[bytes[i]];
    }
    return text;
  },
};
Object.defineProperty(crypto, Symbol.toStringTag, { value: "Crypto", configurable: true });

const performance = {
  now() {
    return nativeNow();
  },
  // When the invocation began; kept with it, so that it does not drift.
  get timeOrigin() {
    return (core.invocationState().timeOrigin ??= now() - nativeNow());
  },
  toJSON() {
    return { timeOrigin: this.timeOrigin };
  },
};
Object.defineProperty(performance, Symbol.toStringTag, {
  value: "Performance",
  configurable: true,
});

sdkResult = { __proto__: null, structuredClone, atob, btoa, crypto, performance };
