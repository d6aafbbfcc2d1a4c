// EXPECT ANY: Array.prototype.push told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.push.call({ length: 2 ** 53 - 1 }, 1, 2, 3);
globalThis.handler = () => String(seen).slice(0, 20);
