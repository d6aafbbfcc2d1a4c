// EXPECT CONTAINED: the top-level code asks V8 for what ends the process
// SPDX-License-Identifier: Apache-2.0
Array.prototype.sort.call({ length: 2 ** 32 });
export const run = () => 1;
