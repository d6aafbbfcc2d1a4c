// EXPECT CONTAINED: flat of what contains itself many times
// SPDX-License-Identifier: Apache-2.0
let a = [0];
for (let i = 0; i < 40; i++) a = [a, a];
a.flat(Infinity);
