// EXPECT CONTAINED: buffers are copied and kept
// SPDX-License-Identifier: Apache-2.0
const b = new ArrayBuffer(4 << 20);
const kept = [];
for (;;) kept.push(structuredClone(b));
