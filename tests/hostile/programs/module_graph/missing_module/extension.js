// EXPECT CONTAINED: an import of what is not there
// SPDX-License-Identifier: Apache-2.0
import "./absent.js";
export const run = () => 1;
