// EXPECT CONTAINED: eight bytes each, sorted
// SPDX-License-Identifier: Apache-2.0
const a = new BigUint64Array(3_000_000).map((_, i) => BigInt(i * 7919));
for (;;) a.sort((x, y) => (x < y ? 1 : -1));
