// EXPECT ANY: intervals that never end
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 60; i++) setInterval(() => { let x = 0; for (let k = 0; k < 1e5; k++) x += k; }, 0);
await new Promise(() => {});
