// EXPECT ANY: a module that imports itself
// SPDX-License-Identifier: Apache-2.0
import * as self from "./extension.js";
export const run = () => Object.keys(self).length;
