// EXPECT ANY: a list of a million words
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 100; i++) new Intl.ListFormat("de").format(new Array(1e6).fill("und")).length;
