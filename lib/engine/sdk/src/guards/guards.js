// SPDX-License-Identifier: Apache-2.0
import { uncurried as arrays } from "./arrays.js";
import { getOwnPropertyDescriptor, uncurryThis } from "../primordials.js";
import { arrayFrom } from "./calls.js";
import { guardFunctionText, guardProxy, isProxy, limits } from "./guard.js";
import { parseJson } from "./json.js";
import { guardIntl } from "./intl.js";
import { guardLocales } from "./listings.js";
import { uncurried as strings } from "./strings.js";
import { uncurried as typed } from "./typed_arrays.js";
import { uncurried as uri } from "./uri.js";

// Puts all guards in place, and shares with the loops what they stand on.
export function installGuards(core) {
  core.limits = limits;
  core.isProxy = isProxy;
  const { prototype } = RegExp;
  const sourceOf = uncurryThis(getOwnPropertyDescriptor(prototype, "source").get);
  core.originals = {
    __proto__: null,
    arrayFrom,
    arrays,
    parseJson,
    regExp: { prototype, sourceOf },
    strings,
    typed,
    uri,
  };
  guardIntl();
  guardLocales();
  guardProxy();
  guardFunctionText();
}
