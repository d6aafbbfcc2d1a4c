// EXPECT CONTAINED: Array.prototype.copyWithin told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 7);
globalThis.handler = () => String(seen).slice(0, 20);
