// EXPECT CONTAINED: six million digits are read
// SPDX-License-Identifier: Apache-2.0
const digits = "8".repeat(6e6);
for (;;) BigInt(digits);
