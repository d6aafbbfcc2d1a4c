// EXPECT ANY: grapheme clusters of a hundred thousand marks
// SPDX-License-Identifier: Apache-2.0
const cluster = "g" + "\u0300".repeat(2e5);
for (const part of new Intl.Segmenter("en").segment(cluster.repeat(5))) part.segment.length;
