// EXPECT CONTAINED: the default sort, which nothing interrupts
// SPDX-License-Identifier: Apache-2.0
const a = new Float64Array(3 << 20).map(() => Math.random());
for (;;) a.slice().sort();
