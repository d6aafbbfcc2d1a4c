// EXPECT CONTAINED: what people use to check addresses
// SPDX-License-Identifier: Apache-2.0
/^([a-z0-9]+[._-]?)*@[a-z]+$/i.test("a".repeat(50));
