// EXPECT CONTAINED: regular expressions and dates without end
// SPDX-License-Identifier: Apache-2.0
const list = Array.from({ length: 10_000 }, (_, i) => [new Date(i), new RegExp("r" + i)]);
const kept = [];
for (;;) kept.push(structuredClone(list));
