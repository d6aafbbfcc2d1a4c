// EXPECT CONTAINED: a rope of half a gigabyte is made flat
// SPDX-License-Identifier: Apache-2.0
const s = "ab".repeat(2 ** 28 - 12);
s.charCodeAt(s.length >> 1);
for (;;);
