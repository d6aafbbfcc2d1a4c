// EXPECT CONTAINED: requests queue up at one async generator
// SPDX-License-Identifier: Apache-2.0
const g = (async function* () { await new Promise(() => {}); })();
for (;;) g.next();
