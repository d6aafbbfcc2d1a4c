// EXPECT CONTAINED: a query of megabytes that grows
// SPDX-License-Identifier: Apache-2.0
const u = new URL("http://h/");
for (let i = 0; ; i++) u.searchParams.append("key" + i, "v".repeat(1000));
