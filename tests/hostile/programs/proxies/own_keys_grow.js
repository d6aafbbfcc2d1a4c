// EXPECT CONTAINED: more keys each time
// SPDX-License-Identifier: Apache-2.0
let n = 1000;
const p = new Proxy({}, { ownKeys: () => Array.from({ length: (n *= 2) }, (_, i) => "k" + i) });
for (;;) Object.keys(p);
