// SPDX-License-Identifier: Apache-2.0
// `request`, which makes a request of the manifest, and `secret`.
import { bytesOf } from "./bytes.js";
import { jsonOf, textOf } from "./body_text.js";
import { readAnswer } from "./host_answer.js";
import { encode, secret, token } from "./secrets.js";
import { argumentError } from "./request_error.js";
import { unlessAborted } from "./unless_aborted.js";

const { define, isArray, named, stringify, trunc } = core.primordials;
const { checkArgument, kv } = core;
const { call, encodeUtf8 } = native;
const isView = ArrayBuffer.isView;

// Several values of one name are one; cookies have commas in them.
function headersOf(pairs) {
  const headers = {};
  const seen = { __proto__: null };
  for (let i = 0; i < pairs.length; i++) {
    const { 0: name, 1: value } = pairs[i];
    const before = seen[name];
    seen[name] =
      before === undefined ? value : `${before}${name === "set-cookie" ? "\n" : ", "}${value}`;
    define(headers, name, seen[name], true);
  }
  return headers;
}

const RequestAnswer = named(
  "RequestAnswer",
  class {
    status;
    ok;
    headers;
    url;
    redirected;
    body;

    constructor({ head, body }) {
      this.status = head.status;
      this.ok = head.status >= 200 && head.status <= 299;
      this.headers = headersOf(head.headers);
      this.url = head.url;
      this.redirected = head.redirected;
      this.body = body;
    }
    text() {
      return textOf(this.body);
    }
    json() {
      return jsonOf(this.body);
    }
    bytes() {
      return typeof this.body === "string" ? encodeUtf8(this.body) : bytesOf(this.body);
    }
  },
);

// The body as the host gets it, and what it is.
function bodyOf(value) {
  checkArgument("request", value);
  if (typeof value === "string") return { __proto__: null, type: "text", body: value };
  if (typeof value === "object" && value !== null && (isView(value) || kv.isBuffer(value))) {
    return { __proto__: null, type: "bytes", body: bytesOf(value) };
  }
  const body = typeof value === "bigint" ? undefined : stringify(value);
  if (body === undefined) throw argumentError(`the body is no JSON: ${typeof value}`);
  return { __proto__: null, type: "json", body };
}

function contextText(context) {
  const isObject = typeof context === "object" && context !== null && !isArray(context);
  const text = isObject ? stringify(context) : undefined;
  if (text === undefined) throw argumentError("the context must be an object");
  return text;
}

// The members that were given. What the host reads is put together here, so that nothing that is
// planted on prototypes can be part of it.
function readOptions({ context, body, headers, timeout, user, signal }) {
  if (headers !== undefined) throw argumentError("headers belong in the request's template");
  if (
    timeout !== undefined &&
    !(typeof timeout === "number" && timeout >= 1 && timeout < 2 ** 31)
  ) {
    throw argumentError("the timeout must be a number of milliseconds, from 1");
  }
  if (user !== undefined && typeof user !== "string") {
    throw argumentError(`the user must be a string, not ${typeof user}`);
  }
  let text = "";
  const add = (name, value) => (text += `${text === "" ? "" : ","}"${name}":${value}`);
  if (context !== undefined) add("context", contextText(context));
  if (timeout !== undefined) add("timeout", trunc(timeout));
  if (user !== undefined) add("user", stringify(user));
  const given = body === undefined ? undefined : bodyOf(body);
  if (given !== undefined) add("type", `"${given.type}"`);
  return { __proto__: null, text, body: given?.body, signal: signal ?? undefined };
}

function checkSignal(signal) {
  try {
    core.load("dom").internals.isAborted(signal);
  } catch {
    throw argumentError("the signal must be an AbortSignal");
  }
}

async function request(name, options) {
  if (typeof name !== "string") {
    throw argumentError(`the name must be a string, not ${typeof name}`);
  }
  if (options === null || (options !== undefined && typeof options !== "object")) {
    throw argumentError("the options must be an object");
  }
  const { text, body, signal } = readOptions(options ?? { __proto__: null });
  if (signal !== undefined) checkSignal(signal);
  const values = `[${stringify(name)},{${text}}]`;
  return new RequestAnswer(
    readAnswer(await unlessAborted(signal, () => call("request", values, body))),
  );
}

sdkResult = {
  __proto__: null,
  request,
  secret,
  token,
  encode,
  // What only instances lead to.
  samples: [
    new RequestAnswer({
      head: { status: 204, headers: [], url: "", redirected: false },
      body: "",
    }),
  ],
};
