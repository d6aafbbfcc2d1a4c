// EXPECT ANY: a stack text that names files of the host
// SPDX-License-Identifier: Apache-2.0
const e = new Error("x");
e.stack = "Error: x\n    at f (/etc/passwd:1:1)\n    at g (file:///root/.ssh/id_rsa:1:1)";
throw e;
