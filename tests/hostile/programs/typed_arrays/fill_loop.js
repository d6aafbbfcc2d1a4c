// EXPECT CONTAINED: thirty megabytes are filled, for ever
// SPDX-License-Identifier: Apache-2.0
const a = new Uint32Array(7 << 20);
for (;;) a.fill(a[0] + 1);
