// EXPECT CONTAINED: shifted there and back
// SPDX-License-Identifier: Apache-2.0
let n = 1n;
for (;;) n = (n << 100_000_000n) >> 99_999_999n;
