// EXPECT CONTAINED: stacks without limit, kept
// SPDX-License-Identifier: Apache-2.0
Error.stackTraceLimit = Infinity;
const kept = [];
const dive = (n) => (n > 0 ? dive(n - 1) : kept.push(new Error("deep").stack));
for (;;) dive(2000);
