// EXPECT ANY: one entry of the backtrack stack for each character
// SPDX-License-Identifier: Apache-2.0
/(?:g|h|gh)*i/.test("gh".repeat(8e6));
