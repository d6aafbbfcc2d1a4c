// EXPECT CONTAINED: argument lists, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
const keep = function () { kept.push(arguments); };
for (;;) keep.apply(null, new Array(50_000).fill(0));
