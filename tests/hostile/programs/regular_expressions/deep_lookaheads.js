// EXPECT ANY: lookaheads inside lookaheads
// SPDX-License-Identifier: Apache-2.0
new RegExp("(?!".repeat(5000) + "v" + ")".repeat(5000)).test("v");
