// SPDX-License-Identifier: Apache-2.0
// `kv`: key-value storage. What each invocation uses is here; the rest is loaded with lazy/kv.js.
import { checkArgument, freezeAll } from "./arguments.js";
import { load } from "./lazy.js";
import {
  Array,
  Object,
  Symbol,
  TypeError,
  define,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  rejectPromise,
  stringify,
  uncurryThis,
} from "./primordials.js";

const { call } = native;
const Bytes = Uint8Array;
const typedArrayName = uncurryThis(
  getOwnPropertyDescriptor(getPrototypeOf(Bytes.prototype), Symbol.toStringTag).get,
);
const bufferSize = uncurryThis(getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get);
const isView = ArrayBuffer.isView;
const { prototype: plainObject } = Object;
const { prototype: plainArray } = Array;

export function argumentError(message) {
  const error = new TypeError(`kv: ${message}`);
  define(error, "code", "kv_argument", true);
  return error;
}

export function checkKey(key) {
  if (typeof key !== "string") throw argumentError(`a key must be a string, not ${typeof key}`);
}

// Asking what is no buffer for its size throws, which is slow.
export function isBuffer(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === plainObject || prototype === plainArray) return false;
  try {
    bufferSize(value);
    return true;
  } catch {
    return false;
  }
}

// The bytes of a binary value; undefined where it is one for JSON.
export function bytesOf(value) {
  switch (typeof value) {
    case "object":
      if (value === null) return undefined;
      if (typedArrayName(value) === "Uint8Array") return value;
      if (isView(value)) throw argumentError("a binary value must be a Uint8Array");
      return isBuffer(value) ? new Bytes(value) : undefined;
    case "undefined":
    case "function":
    case "symbol":
      throw argumentError(`a value must be JSON or a Uint8Array, not ${typeof value}`);
    default:
      return undefined;
  }
}

// `suffix` names the namespace: "" is the extension's own.
export function makeKv(suffix) {
  const getName = `kv.get${suffix}`;
  const setName = `kv.set${suffix}`;
  const setBytesName = `kv.setBytes${suffix}`;
  const deleteName = `kv.delete${suffix}`;
  const updateName = `kv.update${suffix}`;

  function update(key, operations, options) {
    try {
      checkKey(key);
      const values = options === undefined ? [key, operations] : [key, operations, options];
      return call(updateName, stringify(values));
    } catch (error) {
      return rejectPromise(error);
    }
  }

  function updateOne(op, key, operand, options) {
    try {
      checkArgument(`kv.${op}`, operand);
      const { path = "", ...rest } = options ?? {};
      return load("kv").updatedValue(update(key, [{ op, path, value: operand }], rest));
    } catch (error) {
      return rejectPromise(error);
    }
  }

  return freezeAll({
    get(key) {
      if (typeof key === "string") return call(getName, "", key);
      return rejectPromise(argumentError(`a key must be a string, not ${typeof key}`));
    },
    set(key, value, options = undefined) {
      try {
        checkKey(key);
        const bytes = bytesOf(value);
        if (bytes !== undefined) {
          return call(setBytesName, stringify(options === undefined ? [key] : [key, options]), bytes);
        }
        checkArgument("kv.set", value);
        return call(setName, stringify(options === undefined ? [key, value] : [key, value, options]));
      } catch (error) {
        return rejectPromise(error);
      }
    },
    delete(key, options = undefined) {
      try {
        checkKey(key);
        return call(deleteName, stringify(options === undefined ? [key] : [key, options]));
      } catch (error) {
        return rejectPromise(error);
      }
    },
    update(key, operations, options = undefined) {
      return update(key, operations, options);
    },
    increment(key, by = 1, options = undefined) {
      return updateOne("increment", key, by, options);
    },
    append(key, value, options = undefined) {
      return updateOne("append", key, value, options);
    },
    union(key, values, options = undefined) {
      return updateOne("union", key, values, options);
    },
    entry(key) {
      return load("kv").entry(suffix, key);
    },
    getMany(keys) {
      return load("kv").getMany(suffix, keys);
    },
    list(options = {}) {
      return load("kv").list(suffix, options);
    },
    entries(options = {}) {
      return load("kv").entries(suffix, options);
    },
    transaction() {
      return load("kv").transaction(suffix);
    },
    usage() {
      return call("kv.usage", "[]");
    },
    namespace(name) {
      if (typeof name !== "string") throw argumentError("a namespace's name must be a string");
      return makeKv(`@${name}`);
    },
  });
}
