// EXPECT ANY: modules that export each other
// SPDX-License-Identifier: Apache-2.0
export * from "./a.js";
export const run = () => 1;
