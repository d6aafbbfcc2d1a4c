// EXPECT CONTAINED: long texts that differ in the last character
// SPDX-License-Identifier: Apache-2.0
const a = "q".repeat(1e7) + "1";
const b = "q".repeat(1e7) + "2";
let n = 0;
for (;;) n += a < b ? 1 : a === b ? 2 : 3;
