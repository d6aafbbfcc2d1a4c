// EXPECT CONTAINED: the heap limit cannot be caught
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) { try { for (;;) kept.push(new Array(1000).fill(0)); } catch { kept.length = 0; } }
