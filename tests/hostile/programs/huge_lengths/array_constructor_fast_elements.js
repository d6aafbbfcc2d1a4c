// EXPECT CONTAINED: the largest array with fast elements: one allocation of 256 MB
// SPDX-License-Identifier: Apache-2.0
const a = new Array(32 * 1024 * 1024 - 1);
a[0] = 1;
for (;;) a.push(...a.slice(0, 100));
