// EXPECT CONTAINED: reads the clock for ever
// SPDX-License-Identifier: Apache-2.0
let t = 0;
for (;;) t = Math.max(t, performance.now());
