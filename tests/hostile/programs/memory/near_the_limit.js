// EXPECT CONTAINED: stays just below the limit and works there
// SPDX-License-Identifier: Apache-2.0
const held = Array.from({ length: 26 }, () => new Array(131_072).fill(0.5));
for (let i = 0; ; i++) held[i % 26] = held[(i + 1) % 26].slice();
