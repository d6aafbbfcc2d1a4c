// SPDX-License-Identifier: Apache-2.0
import { asPlatformClass } from "../platform_class.js";
import { need } from "./arguments.js";
import { FieldList } from "./field_list.js";
import { fieldName, fieldValue } from "./fields.js";
import { iterate } from "./headers_iterator.js";

const { apply, define, getOwnPropertyDescriptor, ownKeys, Symbol, TypeError } = core.primordials;
const { iterator: iteratorSymbol } = Symbol;

let listOf; // undefined for what is no Headers
let makeHeaders;

function appendPair(list, pair) {
  if (pair === null || (typeof pair !== "object" && typeof pair !== "function")) {
    throw new TypeError("A header must be a pair of name and value");
  }
  let name;
  let value;
  let size = 0;
  for (const part of pair) {
    if (size === 0) name = part;
    else value = part;
    if (++size > 2) break;
  }
  if (size !== 2) throw new TypeError("A header must be a pair of name and value");
  append(list, name, value);
}

function append(list, name, value) {
  const key = fieldName(name);
  list.append(key, fieldValue(value, key));
}

function appendRecord(list, record) {
  const names = ownKeys(record);
  for (let i = 0; i < names.length; i++) {
    if (getOwnPropertyDescriptor(record, names[i])?.enumerable !== true) continue;
    append(list, names[i], record[names[i]]);
  }
}

// Fills an empty list with another's fields, with pairs, or with what an object has.
function fill(list, init) {
  if (init === null || (typeof init !== "object" && typeof init !== "function")) {
    throw new TypeError("Headers are made of an object, or of pairs of name and value");
  }
  const other = listOf(init);
  if (other !== undefined) return void other.copyTo(list);
  const method = init[iteratorSymbol];
  if (method === undefined || method === null) return appendRecord(list, init);
  for (const pair of init) appendPair(list, pair);
}

export const Headers = asPlatformClass(
  "Headers",
  class {
    #list = new FieldList();
    #immutable = false;
    static {
      listOf = (value) => (#list in value ? value.#list : undefined);
      makeHeaders = (list, immutable) => {
        const headers = new Headers();
        headers.#list = list;
        headers.#immutable = immutable;
        return headers;
      };
    }

    constructor(init = undefined) {
      if (init !== undefined) fill(this.#list, init);
    }
    #change() {
      if (this.#immutable) throw new TypeError("These headers cannot be changed");
      return this.#list;
    }
    append(name, value) {
      need(arguments.length, 2, "append");
      const key = fieldName(name);
      const text = fieldValue(value, key);
      this.#change().append(key, text);
    }
    delete(name) {
      need(arguments.length, 1, "delete");
      const key = fieldName(name);
      this.#change().delete(key);
    }
    get(name) {
      need(arguments.length, 1, "get");
      return this.#list.get(fieldName(name));
    }
    getSetCookie() {
      return this.#list.cookies();
    }
    has(name) {
      need(arguments.length, 1, "has");
      return this.#list.has(fieldName(name));
    }
    set(name, value) {
      need(arguments.length, 2, "set");
      const key = fieldName(name);
      const text = fieldValue(value, key);
      this.#change().set(key, text);
    }
    // What the callback changes is seen.
    forEach(callback, self = undefined) {
      need(arguments.length, 1, "forEach");
      if (typeof callback !== "function") throw new TypeError("The callback is not a function");
      for (let i = 0; i < this.#list.combined().length; i++) {
        const { name, value } = this.#list.combined()[i];
        apply(callback, self, [value, name, this]);
      }
    }
    entries() {
      return iterate(this.#list, "entries");
    }
    keys() {
      return iterate(this.#list, "keys");
    }
    values() {
      return iterate(this.#list, "values");
    }
  },
);
define(Headers.prototype, iteratorSymbol, Headers.prototype.entries);

export { listOf, makeHeaders };
