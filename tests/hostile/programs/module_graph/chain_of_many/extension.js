// EXPECT ANY: forty modules in a row
// SPDX-License-Identifier: Apache-2.0
import { n } from "./m0.js";
export const run = () => n;
