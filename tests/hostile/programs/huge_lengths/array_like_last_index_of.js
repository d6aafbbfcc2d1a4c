// EXPECT CONTAINED: Array.prototype.lastIndexOf told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);
globalThis.handler = () => String(seen).slice(0, 20);
