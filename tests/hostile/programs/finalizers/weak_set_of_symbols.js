// EXPECT ANY: what a WeakSet takes
// SPDX-License-Identifier: Apache-2.0
const s = new WeakSet();
const kept = [];
for (let i = 0; i < 1e6; i++) {
  const o = { i };
  s.add(o);
  if (i % 2) kept.push(o);
}
