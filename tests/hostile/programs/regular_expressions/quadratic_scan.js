// EXPECT CONTAINED: each position scans to the end
// SPDX-License-Identifier: Apache-2.0
/t.*u/s.test("t".repeat(3e6));
