// EXPECT CONTAINED: a Set that grows while it is read
// SPDX-License-Identifier: Apache-2.0
const s = new Set([0]);
for (const n of s) s.add(n + 1);
