// EXPECT ANY: a JSON module with a key __proto__
// SPDX-License-Identifier: Apache-2.0
import data from "./data.json";
export const run = () => ({}).tainted ?? Object.keys(data).length;
