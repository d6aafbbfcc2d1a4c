// EXPECT ANY: classes of thousands of ranges, by the hundred
// SPDX-License-Identifier: Apache-2.0
new RegExp("[\\p{L}\\p{M}\\P{Nd}]".repeat(800), "iu").test("abc");
