// EXPECT CONTAINED: Array.prototype.flatMap told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.flatMap.call({ length: 2 ** 53 - 1 }, x => x);
globalThis.handler = () => String(seen).slice(0, 20);
