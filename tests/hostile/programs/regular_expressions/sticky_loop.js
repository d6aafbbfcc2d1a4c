// EXPECT CONTAINED: sticky matching that starts anew
// SPDX-License-Identifier: Apache-2.0
const r = /(?:s+)+t/y;
for (;;) {
  r.lastIndex = 0;
  r.test("s".repeat(26));
}
