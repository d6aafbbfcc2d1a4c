// EXPECT ANY: elements have setters on the prototype
// SPDX-License-Identifier: Apache-2.0
Object.defineProperty(Array.prototype, 0, { set() { for (;;); }, get: () => 1, configurable: true });
globalThis.handler = () => [1].map((x) => x);
