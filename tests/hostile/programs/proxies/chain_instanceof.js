// EXPECT ANY: instanceof through many proxies
// SPDX-License-Identifier: Apache-2.0
let p = {};
for (let i = 0; i < 200_000; i++) p = new Proxy(p, {});
p instanceof Object;
