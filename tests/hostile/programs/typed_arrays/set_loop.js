// EXPECT CONTAINED: one array is set into another
// SPDX-License-Identifier: Apache-2.0
const a = new Float32Array(3 << 20);
const b = new Float64Array(2 << 20);
for (;;) a.set(b);
