// EXPECT ANY: the result is a proxy that lies about its keys
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => new Proxy({}, { ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: (t, k) => (k === "toJSON" ? undefined : { lies: 1 }) });
