// EXPECT ANY: an array of a length and nothing else
// SPDX-License-Identifier: Apache-2.0
const a = [];
a.length = 2 ** 32 - 1;
structuredClone(a).length;
