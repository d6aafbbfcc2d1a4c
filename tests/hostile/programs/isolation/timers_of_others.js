// EXPECT OK: timers of others cannot be cleared
// SPDX-License-Identifier: Apache-2.0
for (let id = 0; id < 1000; id++) clearTimeout(id);
let fired = 0;
await new Promise((resolve) => setTimeout(() => { fired++; resolve(); }, 2));
if (fired !== 1) throw new Error("not fired");
