// EXPECT CONTAINED: each replacement is longer than what it replaces
// SPDX-License-Identifier: Apache-2.0
let s = "a";
for (;;) s = s.replaceAll("a", "ab".repeat(50) + "a");
