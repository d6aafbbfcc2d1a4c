// EXPECT CONTAINED: a comparator that contradicts itself
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(1 << 20).map((_, i) => i);
for (;;) a.sort(() => Math.random() - 0.5);
