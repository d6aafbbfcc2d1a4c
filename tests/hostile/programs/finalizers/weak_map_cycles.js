// EXPECT CONTAINED: keys that are each other's values
// SPDX-License-Identifier: Apache-2.0
const m = new WeakMap();
for (;;) {
  const a = {};
  const b = { a };
  m.set(a, b);
  m.set(b, a);
}
