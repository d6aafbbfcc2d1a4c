// EXPECT ANY: the segment at the end of a long text, again and again
// SPDX-License-Identifier: Apache-2.0
const s = new Intl.Segmenter("ja", { granularity: "sentence" }).segment("\u3042".repeat(3e6));
for (let i = 0; i < 1e4; i++) s.containing(2_999_999 - i);
