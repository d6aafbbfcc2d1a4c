// EXPECT CONTAINED: the top-level code takes all memory
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Array(1000).fill(0));
export const run = () => 1;
