// EXPECT ANY: a stack text that would change a terminal
// SPDX-License-Identifier: Apache-2.0
const e = new Error("\u001b]0;title\u0007\u0000\ud800");
e.name = "\u001b[2J";
throw e;
