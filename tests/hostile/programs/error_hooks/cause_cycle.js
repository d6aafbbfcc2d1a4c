// EXPECT ANY: an error that is its own cause
// SPDX-License-Identifier: Apache-2.0
const e = new Error("x");
e.cause = e;
throw e;
