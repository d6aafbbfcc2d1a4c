// EXPECT CONTAINED: catch of a promise does not see it
// SPDX-License-Identifier: Apache-2.0
const stuck = async () => { for (;;); };
for (;;) await stuck().catch(() => {});
