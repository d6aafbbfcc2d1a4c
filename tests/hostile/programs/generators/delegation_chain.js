// EXPECT ANY: yield* through ten thousand generators
// SPDX-License-Identifier: Apache-2.0
function* wrap(inner) { yield* inner; }
let g = (function* () { for (;;) yield 1; })();
for (let i = 0; i < 10_000; i++) g = wrap(g);
for (let i = 0; i < 1000; i++) g.next();
