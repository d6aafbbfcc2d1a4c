// EXPECT ANY: marks are added one by one, and normalised each time
// SPDX-License-Identifier: Apache-2.0
let s = "a";
for (let i = 0; i < 1e5; i++) s = (s + (i % 2 ? "\u0300" : "\u0316")).normalize("NFD");
