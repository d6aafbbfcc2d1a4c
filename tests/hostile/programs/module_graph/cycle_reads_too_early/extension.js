// EXPECT CONTAINED: a cycle that reads what is not there yet
// SPDX-License-Identifier: Apache-2.0
import { b } from "./b.js";
export const a = b + 1;
export const run = () => 1;
