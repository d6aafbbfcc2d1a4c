// EXPECT CONTAINED: a lookbehind that backtracks
// SPDX-License-Identifier: Apache-2.0
/(?<=^(?:z+)+)y/.test("z".repeat(44) + "x");
