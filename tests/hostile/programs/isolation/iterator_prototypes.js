// EXPECT OK: prototypes without a name are as they were
// SPDX-License-Identifier: Apache-2.0
const hidden = [Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(function* () {}).prototype, Object.getPrototypeOf(async function* () {}).prototype, Object.getPrototypeOf(Int8Array.prototype), Object.getPrototypeOf("".matchAll(/a/g))];
for (const each of hidden) {
  if (each.planted !== undefined) throw new Error("planted");
  each.planted = event.id;
}
