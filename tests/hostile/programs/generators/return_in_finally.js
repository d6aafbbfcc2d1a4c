// EXPECT CONTAINED: a finally that begins anew
// SPDX-License-Identifier: Apache-2.0
function* g() { try { yield 1; } finally { for (;;); } }
for (const x of g()) break;
