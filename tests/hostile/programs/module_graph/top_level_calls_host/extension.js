// EXPECT ANY: the top-level code wants timers
// SPDX-License-Identifier: Apache-2.0
setTimeout(() => {}, 0);
export const run = () => 1;
