// EXPECT CONTAINED: Array.prototype.includes told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
const seen = Array.prototype.includes.call({ length: 2 ** 53 - 1 }, "none");
globalThis.handler = () => String(seen).slice(0, 20);
