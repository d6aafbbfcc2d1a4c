// EXPECT CONTAINED: and, or, xor of long negative numbers
// SPDX-License-Identifier: Apache-2.0
const n = -((1n << 60_000_000n) - 1n);
for (;;) (n ^ 5n) | (n & -7n);
