// EXPECT CONTAINED: slices, kept: memory outside the heap
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(1 << 20);
const kept = [];
for (;;) kept.push(a.slice());
