// EXPECT CONTAINED: a new pattern each time, with its code, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) {
  const r = new RegExp(`(?:o${i}.*p)+`.repeat(20));
  r.test("o" + i + "p");
  r.test("o" + i + "p");
  kept.push(r);
}
