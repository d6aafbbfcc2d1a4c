// EXPECT CONTAINED: an async generator that is never dry
// SPDX-License-Identifier: Apache-2.0
async function* g() { for (;;) yield 1; }
for await (const x of g());
