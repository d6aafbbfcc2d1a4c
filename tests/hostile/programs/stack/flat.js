// EXPECT EXCEPTION: flat of arrays in arrays
// SPDX-License-Identifier: Apache-2.0
let a = [];
for (let i = 0; i < 300_000; i++) a = [a];
a.flat(Infinity);
