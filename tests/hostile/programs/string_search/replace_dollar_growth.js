// EXPECT CONTAINED: patterns in a replacement copy what is before and behind
// SPDX-License-Identifier: Apache-2.0
let s = "ab".repeat(2000);
for (;;) s = s.replace(/b/g, "$`$'") .slice(0, 3e6);
