// EXPECT ANY: the methods of arrays are others
// SPDX-License-Identifier: Apache-2.0
for (const key of Object.getOwnPropertyNames(Array.prototype)) {
  if (typeof [][key] === "function") Array.prototype[key] = () => { for (;;); };
}
globalThis.handler = () => { console.log("x", [1, 2]); return structuredClone([1, 2]); };
