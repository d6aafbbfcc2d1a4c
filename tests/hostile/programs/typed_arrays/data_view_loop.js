// EXPECT CONTAINED: byte by byte through a view
// SPDX-License-Identifier: Apache-2.0
const v = new DataView(new ArrayBuffer(16 << 20));
for (;;) for (let i = 0; i < v.byteLength; i += 8) v.setFloat64(i, v.getFloat64(i) + 1);
