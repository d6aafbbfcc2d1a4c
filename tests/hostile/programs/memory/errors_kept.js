// EXPECT CONTAINED: errors with their stacks, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
const dive = (n) => { if (n > 0) return dive(n - 1); const e = new Error("kept"); e.stack; kept.push(e); };
for (;;) dive(50);
