// EXPECT CONTAINED: thirty megabytes back to front
// SPDX-License-Identifier: Apache-2.0
const a = new Uint16Array(15 << 20);
for (;;) a.reverse();
