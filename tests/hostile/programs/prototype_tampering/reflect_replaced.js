// EXPECT ANY: Reflect is another
// SPDX-License-Identifier: Apache-2.0
for (const key of Object.getOwnPropertyNames(Reflect)) Reflect[key] = () => { for (;;); };
globalThis.handler = async () => { console.log({ a: 1 }); return await print("x"); };
