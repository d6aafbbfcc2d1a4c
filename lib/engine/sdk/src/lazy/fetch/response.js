// SPDX-License-Identifier: Apache-2.0
import { asPlatformClass } from "../platform_class.js";
import { need, optionsOf } from "./arguments.js";
import { checkUnused, extract, makeBody, read, streamOf } from "./body.js";
import { FieldList } from "./field_list.js";
import { reasonOf } from "./fields.js";
import { Headers, listOf, makeHeaders } from "./headers.js";
import { urlOf } from "./urls.js";

const { RangeError, stringify, TypeError } = core.primordials;

let makeResponse;
const bodiless = { __proto__: null, 101: 1, 103: 1, 204: 1, 205: 1, 304: 1 };
const redirects = { __proto__: null, 301: 1, 302: 1, 303: 1, 307: 1, 308: 1 };

function partsWith(members) {
  return {
    __proto__: null,
    type: "default",
    url: "",
    redirected: false,
    status: 200,
    statusText: "",
    headers: undefined,
    immutable: false,
    body: null,
    ...members,
  };
}

// As Web IDL has an unsigned short.
function statusOf(value) {
  const status = +value & 0xffff;
  if (status >= 200 && status <= 599) return status;
  throw new RangeError(`The status must be from 200 to 599, not ${status}`);
}

// What a new Response is; `given` is { body, type } or undefined.
function initialParts(init, given) {
  const options = optionsOf(init, "a Response");
  const parts = partsWith({ __proto__: null, headers: new FieldList() });
  if (options !== undefined) {
    const { headers, status, statusText } = options;
    if (status !== undefined) parts.status = statusOf(status);
    if (statusText !== undefined) parts.statusText = reasonOf(statusText);
    if (headers !== undefined) parts.headers = listOf(new Headers(headers));
  }
  if (given === undefined) return parts;
  if (parts.status in bodiless) {
    throw new TypeError(`A response with the status ${parts.status} has no body`);
  }
  parts.body = given.body;
  if (given.type !== undefined && !parts.headers.has("content-type")) {
    parts.headers.append("content-type", given.type);
  }
  return parts;
}

export const Response = asPlatformClass(
  "Response",
  class {
    #parts;
    #headers;
    static {
      makeResponse = (members) => {
        const response = new Response();
        response.#parts = partsWith(members);
        return response;
      };
    }

    constructor(body = null, init = undefined) {
      this.#parts = initialParts(init, body === null ? undefined : extract(body));
    }
    static error() {
      return makeResponse({
        __proto__: null,
        type: "error",
        status: 0,
        headers: new FieldList(),
        immutable: true,
      });
    }
    static json(data, init = undefined) {
      need(arguments.length, 1, "Response.json");
      const text = stringify(data);
      if (text === undefined) throw new TypeError("What is no JSON cannot be a body");
      const { body } = extract(text);
      const response = new Response();
      response.#parts = initialParts(init, { __proto__: null, body, type: "application/json" });
      return response;
    }
    static redirect(url, status = 302) {
      need(arguments.length, 1, "Response.redirect");
      const target = urlOf(`${url}`);
      const number = +status & 0xffff;
      if (!(number in redirects)) throw new RangeError(`${number} is no status of a redirect`);
      const headers = new FieldList();
      headers.append("location", target);
      return makeResponse({ __proto__: null, status: number, headers, immutable: true });
    }
    get type() {
      return this.#parts.type;
    }
    get url() {
      return this.#parts.url;
    }
    get redirected() {
      return this.#parts.redirected;
    }
    get status() {
      return this.#parts.status;
    }
    get ok() {
      return this.#parts.status >= 200 && this.#parts.status <= 299;
    }
    get statusText() {
      return this.#parts.statusText;
    }
    get headers() {
      return (this.#headers ??= makeHeaders(this.#parts.headers, this.#parts.immutable));
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
      return makeResponse({
        ...parts,
        __proto__: null,
        headers: parts.headers.copyTo(new FieldList()),
        body: parts.body === null ? null : makeBody(parts.body.source),
      });
    }
  },
);

// Of what the host answered.
export function responseOf({ head, body }) {
  const { status, statusText, url, redirected, headers } = head;
  return makeResponse({
    __proto__: null,
    type: "basic",
    url,
    redirected,
    status,
    statusText,
    headers: FieldList.from(headers),
    immutable: true,
    body: status in bodiless ? null : makeBody(body),
  });
}
