// EXPECT CONTAINED: errors are thrown into it, and swallowed
// SPDX-License-Identifier: Apache-2.0
function* g() { for (;;) { try { yield 1; } catch {} } }
const each = g();
each.next();
for (;;) each.throw(new Error("swallowed"));
