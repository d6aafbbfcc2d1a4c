// EXPECT CONTAINED: a loop that computes
// SPDX-License-Identifier: Apache-2.0
let x = 1;
while (x !== 0) x = (Math.imul(x, 1103515245) + 12345) | 1;
