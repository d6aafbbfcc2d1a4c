// EXPECT ANY: a class name of many megabytes
// SPDX-License-Identifier: Apache-2.0
const e = new Error("x");
e.name = "N".repeat(2 ** 27);
throw e;
