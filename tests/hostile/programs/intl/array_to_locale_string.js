// EXPECT CONTAINED: toLocaleString of an array with no end of holes
// SPDX-License-Identifier: Apache-2.0
new Array(2 ** 32 - 1).toLocaleString();
