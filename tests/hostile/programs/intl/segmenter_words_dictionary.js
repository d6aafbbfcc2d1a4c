// EXPECT ANY: Thai words without a space between them
// SPDX-License-Identifier: Apache-2.0
const text = "\u0e01\u0e32\u0e23\u0e17\u0e14\u0e2a\u0e2d\u0e1a".repeat(1e5);
let n = 0;
for (const { isWordLike } of new Intl.Segmenter("th", { granularity: "word" }).segment(text)) n += isWordLike ? 1 : 0;
