// EXPECT CONTAINED: Array.prototype.forEach told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {});
globalThis.handler = () => String(seen).slice(0, 20);
