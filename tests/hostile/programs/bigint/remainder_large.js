// EXPECT CONTAINED: the remainder of large numbers
// SPDX-License-Identifier: Apache-2.0
const a = (1n << 30_000_000n) - 11n;
const b = (1n << 15_000_000n) + 13n;
for (;;) a % b;
