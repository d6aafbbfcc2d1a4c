// EXPECT ANY: Symbol.toStringTag loops
// SPDX-License-Identifier: Apache-2.0
Object.defineProperty(Object.prototype, Symbol.toStringTag, { get() { for (;;); } });
globalThis.handler = () => { console.log({}); return 1; };
