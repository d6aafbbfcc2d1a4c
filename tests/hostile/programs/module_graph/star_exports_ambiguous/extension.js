// EXPECT CONTAINED: two modules export the same name
// SPDX-License-Identifier: Apache-2.0
export * from "./a.js";
export * from "./b.js";
import { same } from "./extension.js";
export const run = () => same;
