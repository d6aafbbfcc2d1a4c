// EXPECT ANY: Array.isArray through many proxies
// SPDX-License-Identifier: Apache-2.0
let p = [];
for (let i = 0; i < 300_000; i++) p = new Proxy(p, {});
Array.isArray(p);
