// EXPECT CONTAINED: the top-level code never ends
// SPDX-License-Identifier: Apache-2.0
for (;;);
export const run = () => 1;
