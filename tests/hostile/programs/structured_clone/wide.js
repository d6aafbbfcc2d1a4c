// EXPECT CONTAINED: a wide object is cloned for ever
// SPDX-License-Identifier: Apache-2.0
const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => ["k" + i, [i]]));
for (;;) structuredClone(wide);
