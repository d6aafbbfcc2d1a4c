// EXPECT CONTAINED: thousands of captures, each result kept
// SPDX-License-Identifier: Apache-2.0
const r = new RegExp("(c)?".repeat(3000));
const kept = [];
for (;;) kept.push(r.exec("ccc"));
