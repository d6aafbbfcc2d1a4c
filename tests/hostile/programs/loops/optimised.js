// EXPECT CONTAINED: a loop in optimised code
// SPDX-License-Identifier: Apache-2.0
const f = (a) => { let s = 0; for (let i = 0; i < a.length; i = (i + 1) % a.length) s = (s + a[i]) | 0; return s; };
for (let i = 0; i < 100; i++) [1, 2, 3].reduce((x, y) => x + y);
f(new Int32Array(1000));
