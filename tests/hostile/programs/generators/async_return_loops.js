// EXPECT CONTAINED: return of an async generator awaits a thenable that loops
// SPDX-License-Identifier: Apache-2.0
async function* g() { yield 1; }
const each = g();
await each.return({ then() { for (;;); } });
