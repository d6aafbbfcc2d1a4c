// EXPECT CONTAINED: the largest length that an array can have, handed to the sort
// SPDX-License-Identifier: Apache-2.0
Array.prototype.sort.call({ length: 4294967295, 0: 2, 1: 1 });
