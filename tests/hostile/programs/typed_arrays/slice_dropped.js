// EXPECT CONTAINED: slices, dropped faster than they are collected
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(8 << 20);
for (;;) a.slice();
