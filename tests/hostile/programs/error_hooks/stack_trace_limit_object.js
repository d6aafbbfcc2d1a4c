// EXPECT ANY: the limit is an object that loops
// SPDX-License-Identifier: Apache-2.0
Error.stackTraceLimit = { valueOf() { for (;;); } };
throw new Error("x");
