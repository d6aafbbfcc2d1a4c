// EXPECT CONTAINED: Array.prototype.find told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.find.call({ length: 2 ** 53 - 1 }, () => false);
globalThis.handler = () => String(seen).slice(0, 20);
