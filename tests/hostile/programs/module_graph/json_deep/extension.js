// EXPECT ANY: a JSON module that is nested deep
// SPDX-License-Identifier: Apache-2.0
import data from "./data.json";
export const run = () => typeof data;
