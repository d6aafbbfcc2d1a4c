// EXPECT CONTAINED: alternatives that match the same
// SPDX-License-Identifier: Apache-2.0
/^(?:x|x|xx)+$/.test("x".repeat(60) + "y");
