// EXPECT CONTAINED: an import of an export that is not there
// SPDX-License-Identifier: Apache-2.0
import { absent } from "./b.js";
export const run = () => absent;
