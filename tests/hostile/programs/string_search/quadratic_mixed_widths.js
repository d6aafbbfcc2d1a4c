// EXPECT CONTAINED: a needle of one byte in a text of two
// SPDX-License-Identifier: Apache-2.0
const hay = "b".repeat(8_000_000) + "\u2603";
for (;;) hay.lastIndexOf("b".repeat(300_000) + "c");
