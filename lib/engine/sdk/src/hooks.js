// SPDX-License-Identifier: Apache-2.0
// What the engine calls. On the hot path nothing is looked up on an object that tenant code can
// reach, except what the handler returned.
import { api, warn } from "./api.js";
import { resolvePromise } from "./primordials.js";

// Calls the handler. Answers its result, or a promise of it. The engine makes text of it: calling
// V8's own JSON functions from C++ is cheaper than from here.
function start(handler, data, name, id, attempt, tenant, extension) {
  const result = handler({ id, name, data, attempt, tenant, extension }, api);
  if (result !== null && (typeof result === "object" || typeof result === "function") &&
      typeof result.then === "function") {
    return resolvePromise(result);
  }
  return result;
}

export const hooks = { __proto__: null, start, warn };
