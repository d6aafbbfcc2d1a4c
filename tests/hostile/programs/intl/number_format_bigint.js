// EXPECT ANY: a number of a million digits with separators
// SPDX-License-Identifier: Apache-2.0
const n = 10n ** 300_000n;
for (let i = 0; i < 100; i++) n.toLocaleString("de-DE").length;
