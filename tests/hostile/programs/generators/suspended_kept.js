// EXPECT CONTAINED: suspended generators with their frames, kept
// SPDX-License-Identifier: Apache-2.0
function* g() { const a = new Array(100).fill(0); yield a; }
const kept = [];
for (;;) {
  const each = g();
  each.next();
  kept.push(each);
}
