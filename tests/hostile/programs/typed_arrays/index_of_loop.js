// EXPECT CONTAINED: thirty megabytes are searched for what is not there
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(30 << 20);
for (;;) a.indexOf(9) + a.lastIndexOf(8);
