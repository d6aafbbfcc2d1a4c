// EXPECT CONTAINED: formatToParts of long numbers, kept
// SPDX-License-Identifier: Apache-2.0
const f = new Intl.NumberFormat("en-IN");
const n = 10n ** 5000n;
const kept = [];
for (;;) kept.push(f.formatToParts(n));
