// EXPECT CONTAINED: the top-level code calls what cannot be interrupted
// SPDX-License-Identifier: Apache-2.0
Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
export const run = () => 1;
