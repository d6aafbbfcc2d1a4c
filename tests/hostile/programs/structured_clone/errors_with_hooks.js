// EXPECT ANY: errors with hooks
// SPDX-License-Identifier: Apache-2.0
const e = new Error("x");
Object.defineProperty(e, "stack", { get() { for (;;); } });
structuredClone(e);
