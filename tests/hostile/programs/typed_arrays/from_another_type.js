// EXPECT CONTAINED: converted to another type, for ever
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(10 << 20);
for (;;) new Float32Array(a);
