// EXPECT ANY: the longest string that there may be, and one more
// SPDX-License-Identifier: Apache-2.0
const s = "r".repeat(2 ** 29 - 24);
(s + s).length;
