// EXPECT CONTAINED: Array.prototype.entries told that there are 2 ** 53 - 1 elements
// SPDX-License-Identifier: Apache-2.0
let n = 0;
for (const pair of Array.prototype.entries.call({ length: 2 ** 53 - 1 })) n += pair[0] === undefined ? 1 : 0;
globalThis.handler = () => n;
