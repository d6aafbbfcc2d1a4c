// EXPECT ANY: a timer that throws
// SPDX-License-Identifier: Apache-2.0
setTimeout(() => { throw new Error("in a timer"); }, 0);
await new Promise((resolve) => setTimeout(resolve, 10));
