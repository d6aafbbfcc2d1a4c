// EXPECT ANY: all that can be reached is frozen
// SPDX-License-Identifier: Apache-2.0
const seen = new Set();
const freeze = (o) => {
  if ((typeof o !== "object" && typeof o !== "function") || o === null || seen.has(o)) return;
  seen.add(o);
  for (const key of Reflect.ownKeys(o)) {
    const d = Reflect.getOwnPropertyDescriptor(o, key);
    freeze(d.value);
    freeze(d.get);
  }
  try { Object.freeze(o); } catch {}
};
freeze(globalThis);
globalThis.handler = () => 1;
