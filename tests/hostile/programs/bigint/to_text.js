// EXPECT CONTAINED: ten million digits
// SPDX-License-Identifier: Apache-2.0
const n = (1n << 33_000_000n) - 1n;
for (;;) n.toString().length;
