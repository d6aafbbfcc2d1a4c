// SPDX-License-Identifier: Apache-2.0
// The parts of `kv` that are not needed by every invocation.
import { atob, btoa } from "./base64.js";

const { freeze, isArray, stringify } = core.primordials;
const { argumentError, bytesOf, checkKey } = core.kv;
const { call } = native;
const Bytes = Uint8Array;
const charCode = core.primordials.uncurryThis(String.prototype.charCodeAt);
const { fromCharCode } = String;

function encode(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += fromCharCode(bytes[i]);
  return btoa(text);
}

function decode(base64) {
  const text = atob(base64);
  const bytes = new Bytes(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = charCode(text, i);
  return bytes;
}

// An entry as the host sends it has `bytes` in the place of a value that is no JSON.
function take(entry) {
  if (entry === null) return undefined;
  if (entry.bytes === undefined) return entry;
  const { bytes, ...rest } = entry;
  return { ...rest, value: decode(bytes) };
}

function takeAll(entries) {
  for (let i = 0; i < entries.length; i++) entries[i] = take(entries[i]);
  return entries;
}

async function page(suffix, options) {
  const answer = await call(`kv.list${suffix}`, stringify([options]));
  takeAll(answer.entries);
  return answer;
}

// One commit of several keys; each step is an array that the host reads.
class Transaction {
  #steps = [];
  #suffix;
  #sent = false;

  constructor(suffix) {
    this.#suffix = suffix;
  }

  #add(...step) {
    if (this.#sent) throw argumentError("the transaction was committed");
    checkKey(step[1]);
    this.#steps[this.#steps.length] = step;
    return this;
  }

  check(key, condition) {
    return this.#add("check", key, condition);
  }
  set(key, value, options = {}) {
    const bytes = bytesOf(value);
    return bytes === undefined
      ? this.#add("set", key, value, options)
      : this.#add("setBytes", key, encode(bytes), options);
  }
  delete(key, options = {}) {
    return this.#add("delete", key, options);
  }
  update(key, operations, options = {}) {
    return this.#add("update", key, operations, options);
  }
  async commit() {
    if (this.#sent) throw argumentError("the transaction was committed");
    this.#sent = true;
    return call(`kv.transact${this.#suffix}`, stringify([this.#steps]));
  }
}

sdkResult = {
  __proto__: null,
  async updatedValue(answer) {
    return (await answer).value;
  },
  async entry(suffix, key) {
    return take((await call(`kv.entries${suffix}`, stringify([[key]])))[0]);
  },
  async getMany(suffix, keys) {
    if (!isArray(keys)) throw argumentError("getMany needs an array of keys");
    const entries = await call(`kv.entries${suffix}`, stringify([keys]));
    for (let i = 0; i < entries.length; i++) entries[i] = take(entries[i])?.value;
    return entries;
  },
  list: page,
  async *entries(suffix, options) {
    let { cursor } = options;
    do {
      const found = await page(suffix, { ...options, cursor });
      for (let i = 0; i < found.entries.length; i++) yield found.entries[i];
      cursor = found.cursor;
    } while (cursor !== undefined);
  },
  transaction(suffix) {
    return new Transaction(suffix);
  },
  // What only instances lead to.
  samples: [freeze(new Transaction(""))],
};
