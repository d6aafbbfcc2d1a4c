// EXPECT CONTAINED: a group that repeats what repeats
// SPDX-License-Identifier: Apache-2.0
/^(\d+)+$/.test("1".repeat(45) + "x");
