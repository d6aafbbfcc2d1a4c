// EXPECT ANY: a chain of proxies as a prototype
// SPDX-License-Identifier: Apache-2.0
let p = {};
for (let i = 0; i < 100_000; i++) p = new Proxy(p, {});
try { Object.create(p).x; } catch {}
Object.setPrototypeOf({}, p);
