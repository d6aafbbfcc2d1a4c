// EXPECT CONTAINED: return meets a finally that yields
// SPDX-License-Identifier: Apache-2.0
function* g() { for (;;) { try { yield 1; } finally { yield 2; continue; } } }
for (const x of g()) for (const y of g()) break;
