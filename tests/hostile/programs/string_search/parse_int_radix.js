// EXPECT CONTAINED: parseInt of long texts with an odd radix
// SPDX-License-Identifier: Apache-2.0
const digits = "z".repeat(8e6);
for (;;) parseInt(digits, 36) + parseInt(digits.slice(1), 35);
