// EXPECT CONTAINED: all Fibonacci numbers
// SPDX-License-Identifier: Apache-2.0
const kept = [0n, 1n];
for (;;) kept.push(kept.at(-1) + kept.at(-2));
