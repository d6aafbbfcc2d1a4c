// EXPECT CONTAINED: the same with characters of two bytes
// SPDX-License-Identifier: Apache-2.0
const hay = "\u0436".repeat(6_000_000);
for (;;) hay.indexOf("\u0436".repeat(100_000) + "\u0437" + "\u0436".repeat(100_000));
