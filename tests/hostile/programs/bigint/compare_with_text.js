// EXPECT CONTAINED: compared with a text of digits
// SPDX-License-Identifier: Apache-2.0
const digits = "9".repeat(4e6);
for (let n = 1n; ; n++) n == digits;
