// EXPECT ANY: modules that import each other
// SPDX-License-Identifier: Apache-2.0
import { b } from "./b.js";
export const a = () => b;
export const run = () => typeof b;
