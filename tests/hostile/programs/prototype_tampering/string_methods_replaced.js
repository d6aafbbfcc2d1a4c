// EXPECT ANY: the methods of texts are others
// SPDX-License-Identifier: Apache-2.0
for (const key of Object.getOwnPropertyNames(String.prototype)) {
  if (typeof ""[key] === "function") String.prototype[key] = () => { for (;;); };
}
globalThis.handler = () => [btoa("abc"), new TextEncoder().encode("x").length, String(new URL("http://a/b"))];
