// EXPECT ANY: the prototype of the global object is another
// SPDX-License-Identifier: Apache-2.0
try { Object.setPrototypeOf(globalThis, new Proxy({}, { get() { for (;;); }, has: () => true })); } catch {}
globalThis.handler = () => 1;
