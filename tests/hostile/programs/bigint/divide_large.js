// EXPECT CONTAINED: a large number is divided by half as large a one
// SPDX-License-Identifier: Apache-2.0
const a = (1n << 40_000_000n) - 5n;
const b = (1n << 20_000_000n) + 7n;
for (;;) a / b;
