// EXPECT CONTAINED: a lookbehind that backtracks
// SPDX-License-Identifier: Apache-2.0
/(?<=^y(?:z+)+)x/.test("z".repeat(44) + "x");
