// EXPECT ANY: errors that hold each other
// SPDX-License-Identifier: Apache-2.0
const e = new AggregateError([], "x");
e.errors.push(e, e);
throw e;
