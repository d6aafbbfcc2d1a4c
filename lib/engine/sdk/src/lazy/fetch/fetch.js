// SPDX-License-Identifier: Apache-2.0
import { readAnswer } from "../host_answer.js";
import { unlessAborted } from "../unless_aborted.js";
import { need } from "./arguments.js";
import { take } from "./body.js";
import { Request, partsOf } from "./request.js";
import { responseOf } from "./response.js";

const { define, getOwnPropertyDescriptor, stringify, TypeError } = core.primordials;
const { call } = native;

// What the host reads; put together here, so that nothing that is planted on prototypes can be part
// of it.
function wireText({ url, method, headers, redirect, cache, timeout, body }) {
  const members =
    `"url":${stringify(url)},"method":${stringify(method)},"headers":${headers.text()},` +
    `"redirect":"${redirect}","cache":"${cache}","body":${body !== null}`;
  const limit = timeout === undefined ? "" : `,"timeout":${timeout}`;
  const nonce = core.nonce === undefined ? "" : `,"nonce":"${core.nonce}"`;
  return `[{${members}${limit}${nonce}}]`;
}

const own = (object, name) => getOwnPropertyDescriptor(object, name)?.value;

// The error of a request that failed, as the platform has it, with the host's message and code.
function failure(error) {
  const failed = new TypeError(own(error, "message"));
  const code = own(error, "code");
  if (code !== undefined) define(failed, "code", code, true);
  return failed;
}

async function send(parts) {
  const text = wireText(parts);
  const body = parts.body === null ? undefined : take(parts.body);
  try {
    return await call("fetch", text, body);
  } catch (error) {
    throw failure(error);
  }
}

export const { fetch } = {
  async fetch(input, init = undefined) {
    need(arguments.length, 1, "fetch");
    const parts = partsOf(new Request(input, init));
    return responseOf(readAnswer(await unlessAborted(parts.signal, () => send(parts))));
  },
};
