// EXPECT CONTAINED: a JSON module that is code
// SPDX-License-Identifier: Apache-2.0
import data from "./data.json";
export const run = () => data;
