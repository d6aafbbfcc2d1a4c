// EXPECT CONTAINED: thirty megabytes are moved by one
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(30 << 20);
for (;;) a.copyWithin(1, 0);
