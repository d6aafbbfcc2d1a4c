// EXPECT ANY: the iterator of arrays never ends
// SPDX-License-Identifier: Apache-2.0
Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1; };
globalThis.handler = () => new URLSearchParams([["a", "b"]]).toString();
