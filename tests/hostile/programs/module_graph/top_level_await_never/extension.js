// EXPECT CONTAINED: the top-level code awaits what never comes
// SPDX-License-Identifier: Apache-2.0
await new Promise(() => {});
export const run = () => 1;
