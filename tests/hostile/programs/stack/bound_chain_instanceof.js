// EXPECT ANY: instanceof with a function bound many times
// SPDX-License-Identifier: Apache-2.0
let f = function () {};
for (let i = 0; i < 100_000; i++) f = f.bind(null);
void ({} instanceof f);
