// EXPECT CONTAINED: split by a pattern, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push("p;".repeat(200_000).split(/;/));
