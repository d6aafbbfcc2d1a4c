// EXPECT CONTAINED: what is deleted and added again comes again
// SPDX-License-Identifier: Apache-2.0
const s = new Set([1]);
for (const n of s) {
  s.delete(n);
  s.add(n);
}
