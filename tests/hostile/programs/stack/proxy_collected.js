// EXPECT ANY: a deep chain of proxies is marked by the collector
// SPDX-License-Identifier: Apache-2.0
let p = {};
for (let i = 0; i < 200_000; i++) p = new Proxy(p, {});
let garbage;
for (let i = 0; i < 2e6; i++) garbage = { i };
globalThis.handler = () => typeof p;
