// SPDX-License-Identifier: Apache-2.0
import { guard, limits, loops } from "./guard.js";

const { json } = limits;
export const parseJson = JSON.parse;

guard(JSON, {
  parse(text, reviver) {
    return typeof text === "string" && text.length <= json
      ? parseJson(text, reviver)
      : loops().parse(text, reviver);
  },
});
