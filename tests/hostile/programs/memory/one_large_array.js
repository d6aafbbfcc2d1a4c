// EXPECT CONTAINED: one allocation that the heap limit does not see
// SPDX-License-Identifier: Apache-2.0
const a = new Array(30_000_000).fill(1);
const b = a.concat(a);
b.concat(b, b).length;
