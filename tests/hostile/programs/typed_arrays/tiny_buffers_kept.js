// EXPECT CONTAINED: buffers of a byte each: each has memory of its own
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new ArrayBuffer(1));
