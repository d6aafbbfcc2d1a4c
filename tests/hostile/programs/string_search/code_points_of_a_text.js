// EXPECT CONTAINED: codePointAt through a long text
// SPDX-License-Identifier: Apache-2.0
const s = "\u{1f600}".repeat(4e6);
let sum = 0;
for (;;) for (const each of s) sum += each.codePointAt(0);
