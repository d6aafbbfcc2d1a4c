// EXPECT CONTAINED: finally of a generator does not run after termination
// SPDX-License-Identifier: Apache-2.0
function* g() { try { yield 1; } finally { for (;;); } }
for (const x of g()) for (;;);
