// EXPECT CONTAINED: a lookahead that backtracks
// SPDX-License-Identifier: Apache-2.0
/^(?=(?:b+)+$)b/.test("b".repeat(44) + "c");
