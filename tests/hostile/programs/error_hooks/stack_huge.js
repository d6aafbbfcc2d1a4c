// EXPECT ANY: a stack of many megabytes
// SPDX-License-Identifier: Apache-2.0
const e = new Error("x");
e.stack = "    at f (x.js:1:1)\n".repeat(5e6);
throw e;
