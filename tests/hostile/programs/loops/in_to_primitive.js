// EXPECT CONTAINED: a loop in Symbol.toPrimitive
// SPDX-License-Identifier: Apache-2.0
`${{ [Symbol.toPrimitive]() { for (;;); } }}`;
