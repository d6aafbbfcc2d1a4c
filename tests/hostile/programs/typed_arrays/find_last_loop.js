// EXPECT CONTAINED: a callback for each of thirty million bytes
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(30 << 20);
for (;;) a.findLast((x) => x > 0);
