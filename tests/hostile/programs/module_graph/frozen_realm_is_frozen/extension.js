// EXPECT OK: nothing can be planted in a frozen realm
// SPDX-License-Identifier: Apache-2.0
export const run = () => {
  const hidden = [Object.prototype, Array.prototype, Function.prototype, Promise.prototype, Object.getPrototypeOf(async () => {}), Object.getPrototypeOf([][Symbol.iterator]()), globalThis, Math, JSON, Error, URL.prototype];
  for (const each of hidden) {
    try { each.planted = 1; } catch {}
    if (each.planted !== undefined) throw new Error("planted");
  }
  return true;
};
