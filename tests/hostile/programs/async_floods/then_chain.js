// EXPECT ANY: a chain of three hundred thousand
// SPDX-License-Identifier: Apache-2.0
let p = Promise.resolve(0);
for (let i = 0; i < 300_000; i++) p = p.then((n) => n + 1);
globalThis.handler = () => p;
