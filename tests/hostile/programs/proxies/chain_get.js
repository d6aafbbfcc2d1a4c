// EXPECT ANY: a property through two hundred thousand proxies
// SPDX-License-Identifier: Apache-2.0
let p = {};
for (let i = 0; i < 200_000; i++) p = new Proxy(p, {});
p.anything;
