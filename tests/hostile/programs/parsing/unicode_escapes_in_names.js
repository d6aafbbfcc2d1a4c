// EXPECT ANY: names written in escapes
// SPDX-License-Identifier: Apache-2.0
const \u0061bc = 1;
const \u{78}yz = abc;
if (xyz !== 1) throw new Error("names");
