// SPDX-License-Identifier: Apache-2.0
// What the engine calls. On the hot path nothing is looked up on an object that tenant code can
// reach, except what the handler returned.
import { api, warn } from "./api.js";
import { parse, resolvePromise, stringify } from "./primordials.js";

// The JSON text of a result; undefined for undefined; 1 for what is not JSON; an object with the
// error where the result cannot be turned into text.
function finish(value) {
  try {
    const text = stringify(value);
    return text === undefined && value !== undefined ? 1 : text;
  } catch (error) {
    return { __proto__: null, invalid: error };
  }
}

// Calls the handler. Answers as finish(), or a promise whose value is for finish().
function start(handler, payload, name, id, attempt, tenant, extension) {
  const result = handler(
    { id, name, data: payload === undefined ? null : parse(payload), attempt, tenant, extension },
    api,
  );
  if (
    result !== null &&
    (typeof result === "object" || typeof result === "function") &&
    typeof result.then === "function"
  ) {
    return resolvePromise(result);
  }
  return finish(result);
}

export const hooks = { __proto__: null, start, finish, warn };
