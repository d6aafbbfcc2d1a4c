// EXPECT CONTAINED: Number() of sixteen million digits
// SPDX-License-Identifier: Apache-2.0
const digits = "7".repeat(16e6);
for (;;) Number(digits);
