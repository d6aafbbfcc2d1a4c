// EXPECT CONTAINED: endsWith of long equal texts
// SPDX-License-Identifier: Apache-2.0
const a = "e".repeat(8e6);
const b = "e".repeat(8e6 - 1);
for (;;) a.endsWith(b);
