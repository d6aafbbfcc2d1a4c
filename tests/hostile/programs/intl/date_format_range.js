// EXPECT ANY: formatRange over all of time
// SPDX-License-Identifier: Apache-2.0
const f = new Intl.DateTimeFormat("he-u-ca-hebrew", { dateStyle: "full" });
for (let i = 0; i < 1e5; i++) f.formatRange(-8.64e15 + i, 8.64e15 - i);
