// EXPECT ANY: a call through many proxies
// SPDX-License-Identifier: Apache-2.0
let f = () => 1;
for (let i = 0; i < 200_000; i++) f = new Proxy(f, {});
f();
