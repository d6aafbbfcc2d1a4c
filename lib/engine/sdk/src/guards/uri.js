// SPDX-License-Identifier: Apache-2.0
// Functions of the global object whose work grows with a text.
import { guard, limits, loops } from "./guard.js";

const { text } = limits;
const { decodeURI, decodeURIComponent, encodeURI, encodeURIComponent, escape, unescape } = globalThis;
export const uncurried = {
  __proto__: null,
  decodeURI,
  decodeURIComponent,
  encodeURI,
  encodeURIComponent,
  escape,
  unescape,
};

guard(globalThis, {
  decodeURI(uri) {
    return typeof uri === "string" && uri.length <= text
      ? decodeURI(uri)
      : loops().uri("decodeURI", uri);
  },
  decodeURIComponent(uri) {
    return typeof uri === "string" && uri.length <= text
      ? decodeURIComponent(uri)
      : loops().uri("decodeURIComponent", uri);
  },
  encodeURI(uri) {
    return typeof uri === "string" && uri.length <= text
      ? encodeURI(uri)
      : loops().uri("encodeURI", uri);
  },
  encodeURIComponent(uri) {
    return typeof uri === "string" && uri.length <= text
      ? encodeURIComponent(uri)
      : loops().uri("encodeURIComponent", uri);
  },
  escape(uri) {
    return typeof uri === "string" && uri.length <= text ? escape(uri) : loops().uri("escape", uri);
  },
  unescape(uri) {
    return typeof uri === "string" && uri.length <= text
      ? unescape(uri)
      : loops().uri("unescape", uri);
  },
});
