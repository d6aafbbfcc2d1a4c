// EXPECT CONTAINED: a match between any two characters
// SPDX-License-Identifier: Apache-2.0
const s = "e".repeat(2e6);
for (;;) s.replace(/(?:)/gu, "--");
