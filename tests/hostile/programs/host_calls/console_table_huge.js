// EXPECT CONTAINED: console.table of a wide thing
// SPDX-License-Identifier: Apache-2.0
const rows = Array.from({ length: 3000 }, (_, i) => Object.fromEntries(Array.from({ length: 200 }, (_, k) => ["c" + k, i * k])));
for (;;) console.table(rows);
