// EXPECT CONTAINED: a letter whose upper case is three
// SPDX-License-Identifier: Apache-2.0
const s = "\ufb03".repeat(2e6);
const kept = [];
for (;;) kept.push(s.toUpperCase());
