// EXPECT CONTAINED: ArrayBuffer.prototype.slice of thirty megabytes
// SPDX-License-Identifier: Apache-2.0
const b = new ArrayBuffer(15 << 20);
for (;;) b.slice(1).byteLength;
