// EXPECT CONTAINED: Array.prototype.every told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.every.call({ length: 2 ** 53 - 1 }, () => true);
globalThis.handler = () => String(seen).slice(0, 20);
