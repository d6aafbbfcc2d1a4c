// EXPECT ANY: a function bound a hundred thousand times
// SPDX-License-Identifier: Apache-2.0
let f = () => 1;
for (let i = 0; i < 100_000; i++) f = f.bind(null);
f();
