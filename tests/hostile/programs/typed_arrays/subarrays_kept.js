// EXPECT CONTAINED: views of the same memory without end
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(1024);
const kept = [];
for (;;) kept.push(a.subarray(1));
