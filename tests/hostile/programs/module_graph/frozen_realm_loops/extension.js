// EXPECT CONTAINED: a loop in a frozen realm
// SPDX-License-Identifier: Apache-2.0
export const run = () => { for (;;); };
