// SPDX-License-Identifier: Apache-2.0
import { uncurried as arrays } from "./arrays.js";
import { guardFunctionText, guardProxy, isProxy, limits } from "./guard.js";

// Puts all guards in place, and shares with the loops what they stand on.
export function installGuards(core) {
  core.limits = limits;
  core.isProxy = isProxy;
  core.originals = { __proto__: null, arrays };
  guardProxy();
  guardFunctionText();
}
