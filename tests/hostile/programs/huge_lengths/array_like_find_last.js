// EXPECT CONTAINED: Array.prototype.findLast told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.findLast.call({ length: 2 ** 53 - 1 }, () => false);
globalThis.handler = () => String(seen).slice(0, 20);
