// EXPECT CONTAINED: the top-level code throws
// SPDX-License-Identifier: Apache-2.0
throw new Error("at the top");
export const run = () => 1;
