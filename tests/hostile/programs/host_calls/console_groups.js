// EXPECT CONTAINED: groups inside groups
// SPDX-License-Identifier: Apache-2.0
for (;;) console.group("deeper");
