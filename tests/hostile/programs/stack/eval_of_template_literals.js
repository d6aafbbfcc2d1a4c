// EXPECT ANY: templates inside templates at run time
// SPDX-License-Identifier: Apache-2.0
let t = (x) => `${x}`;
for (let i = 0; i < 50_000; i++) { const inner = t; t = (x) => `a${x}`; if (i % 10_000 === 0) inner(i); }
const deep = (n) => `${n > 0 ? deep(n - 1) : ""}${n}`;
deep(1e6);
