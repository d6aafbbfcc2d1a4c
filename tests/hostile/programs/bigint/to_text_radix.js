// EXPECT CONTAINED: ten million digits in an odd base
// SPDX-License-Identifier: Apache-2.0
const n = (1n << 33_000_000n) - 1n;
for (;;) n.toString(7).length;
