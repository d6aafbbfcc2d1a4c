// EXPECT CONTAINED: the indices of each match, kept
// SPDX-License-Identifier: Apache-2.0
const r = new RegExp("(d)?".repeat(500), "d");
const kept = [];
for (;;) kept.push(r.exec("d".repeat(500)).indices);
