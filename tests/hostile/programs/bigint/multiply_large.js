// EXPECT CONTAINED: numbers of fifty million bits are multiplied
// SPDX-License-Identifier: Apache-2.0
const n = (1n << 50_000_000n) - 3n;
for (;;) (n * (n - 1n)) & 1n;
