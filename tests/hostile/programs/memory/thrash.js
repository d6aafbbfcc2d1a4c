// EXPECT CONTAINED: half of what is made is kept for a while
// SPDX-License-Identifier: Apache-2.0
const a = new Array(200_000);
for (let i = 0; ; i++) a[(i * 7919) % 200_000] = { i, a: [i, i + 1], s: "x" + i };
