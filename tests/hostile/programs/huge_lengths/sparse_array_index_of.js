// EXPECT ANY: indexOf of an array with two elements and a length of 2 ** 32 - 1
// SPDX-License-Identifier: Apache-2.0
const sparse = [1];
sparse[2 ** 32 - 2] = 2;
sparse.indexOf("none");
