// EXPECT CONTAINED: Array.prototype.findLastIndex told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.findLastIndex.call({ length: 2 ** 53 - 1 }, () => false);
globalThis.handler = () => String(seen).slice(0, 20);
