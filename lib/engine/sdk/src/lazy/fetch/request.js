// SPDX-License-Identifier: Apache-2.0
import { asPlatformClass } from "../platform_class.js";
import { need, optionsOf } from "./arguments.js";
import { checkUnused, extract, makeBody, read, streamOf, take } from "./body.js";
import { FieldList } from "./field_list.js";
import { methodOf } from "./fields.js";
import { Headers, listOf, makeHeaders } from "./headers.js";
import { urlOf } from "./urls.js";

const { trunc, TypeError } = core.primordials;

let partsOf; // undefined for what is no Request
const redirects = { __proto__: null, follow: 1, error: 1, manual: 1 };
const caches = {
  __proto__: null,
  default: 1,
  "no-store": 1,
  reload: 1,
  "no-cache": 1,
  "force-cache": 1,
  "only-if-cached": 1,
};

function choice(value, choices, what) {
  const text = `${value}`;
  if (!(text in choices)) throw new TypeError(`'${text}' is no ${what} of a request`);
  return text;
}

function timeoutOf(value) {
  const milliseconds = trunc(+value);
  if (milliseconds >= 1 && milliseconds < 2 ** 31) return milliseconds;
  throw new TypeError("The timeout of a request must be a number of milliseconds, from 1");
}

function signalOf(value) {
  if (value === null) return undefined;
  core.load("dom").internals.isAborted(value); // refuses what is no signal
  return value;
}

// What a request starts as: an empty one, or like the one that it is made of.
function startingPoint(input) {
  const other = typeof input === "object" && input !== null ? partsOf(input) : undefined;
  return {
    __proto__: null,
    url: other === undefined ? urlOf(`${input}`) : other.url,
    method: "GET",
    redirect: "follow",
    cache: "default",
    signal: undefined,
    timeout: undefined,
    ...other,
    headers: other?.headers.copyTo(new FieldList()) ?? new FieldList(),
    body: null,
  };
}

// Members that mean nothing here (mode, credentials, ...) are passed over, as everything unknown.
function readOptions(parts, { body, cache, headers, method, redirect, signal, timeout }) {
  if (method !== undefined) parts.method = methodOf(method);
  if (redirect !== undefined) parts.redirect = choice(redirect, redirects, "redirect mode");
  if (cache !== undefined) parts.cache = choice(cache, caches, "cache mode");
  if (signal !== undefined) parts.signal = signalOf(signal);
  if (timeout !== undefined) parts.timeout = timeoutOf(timeout);
  if (headers !== undefined) parts.headers = listOf(new Headers(headers));
  return body ?? undefined;
}

// The body of the options, or else the one of the request that it is made of, which has none then.
function bodyOf(parts, given, other) {
  const inherited = other?.body ?? null;
  if (
    (given !== undefined || inherited !== null) &&
    (parts.method === "GET" || parts.method === "HEAD")
  ) {
    throw new TypeError(`A request by ${parts.method} has no body`);
  }
  if (given === undefined) {
    if (inherited === null) return null;
    return makeBody(take(inherited));
  }
  const { body, type } = extract(given);
  if (type !== undefined && !parts.headers.has("content-type")) {
    parts.headers.append("content-type", type);
  }
  return body;
}

export const Request = asPlatformClass(
  "Request",
  class {
    #parts;
    #headers;
    #signal;
    static {
      partsOf = (value) => (#parts in value ? value.#parts : undefined);
    }

    constructor(input, init = undefined) {
      need(arguments.length, 1, "Request");
      const options = optionsOf(init, "a Request");
      const parts = startingPoint(input);
      const given = options === undefined ? undefined : readOptions(parts, options);
      const other = typeof input === "object" && input !== null ? partsOf(input) : undefined;
      parts.body = bodyOf(parts, given, other);
      this.#parts = parts;
    }
    get method() {
      return this.#parts.method;
    }
    get url() {
      return this.#parts.url;
    }
    get headers() {
      return (this.#headers ??= makeHeaders(this.#parts.headers, false));
    }
    get redirect() {
      return this.#parts.redirect;
    }
    get cache() {
      return this.#parts.cache;
    }
    // A signal of its own, which follows the one that was given.
    get signal() {
      if (this.#signal === undefined) {
        const { signal } = this.#parts;
        const { createSignal, follow } = core.load("dom").internals;
        this.#signal = signal === undefined ? createSignal() : follow(signal);
      }
      return this.#signal;
    }
    get body() {
      return streamOf(this.#parts.body);
    }
    get bodyUsed() {
      return this.#parts.body?.used ?? false;
    }
    async arrayBuffer() {
      return read.arrayBuffer(this.#parts.body);
    }
    async bytes() {
      return read.bytes(this.#parts.body);
    }
    async json() {
      return read.json(this.#parts.body);
    }
    async text() {
      return read.text(this.#parts.body);
    }
    clone() {
      const parts = this.#parts;
      checkUnused(parts.body);
      const clone = new Request(parts.url);
      clone.#parts = {
        ...parts,
        __proto__: null,
        headers: parts.headers.copyTo(new FieldList()),
        body: parts.body === null ? null : makeBody(parts.body.source),
      };
      return clone;
    }
  },
);

export { partsOf };
