// EXPECT ANY: Array.prototype.slice told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.slice.call({ length: 2 ** 53 - 1 }, 0, 2 ** 32);
globalThis.handler = () => String(seen).slice(0, 20);
