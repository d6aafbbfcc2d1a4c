// EXPECT CONTAINED: ephemerons that depend on each other
// SPDX-License-Identifier: Apache-2.0
const maps = Array.from({ length: 50 }, () => new WeakMap());
let key = {};
const first = key;
for (let i = 0; ; i++) {
  const next = { i };
  maps[i % 50].set(key, next);
  key = next;
}
