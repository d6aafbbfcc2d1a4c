// EXPECT CONTAINED: a backreference keeps the linear engine out
// SPDX-License-Identifier: Apache-2.0
/^(?:(a+)+\1)+$/.test("a".repeat(44) + "b");
