// EXPECT CONTAINED: an array that grows while it is read
// SPDX-License-Identifier: Apache-2.0
const a = [1];
for (const n of a) a.push(n, n);
