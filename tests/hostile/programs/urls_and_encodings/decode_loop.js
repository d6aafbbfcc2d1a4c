// EXPECT CONTAINED: sixteen megabytes are decoded for ever
// SPDX-License-Identifier: Apache-2.0
const b = new Uint8Array(16 << 20).fill(0xc3);
for (;;) new TextDecoder().decode(b);
