// EXPECT CONTAINED: for-in over a long chain with a name at each level
// SPDX-License-Identifier: Apache-2.0
let o = {};
for (let i = 0; i < 15_000; i++) {
  o = Object.create(o);
  o["p" + i] = i;
}
for (;;) for (const key in o);
