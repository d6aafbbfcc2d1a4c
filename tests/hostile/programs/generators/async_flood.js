// EXPECT CONTAINED: async generators, all waiting
// SPDX-License-Identifier: Apache-2.0
async function* g() { for (;;) yield await null; }
const kept = [];
for (;;) {
  const each = g();
  each.next();
  kept.push(each);
}
