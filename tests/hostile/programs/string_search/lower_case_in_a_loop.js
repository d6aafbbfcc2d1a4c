// EXPECT CONTAINED: toLowerCase of a long text of two bytes
// SPDX-License-Identifier: Apache-2.0
const s = "\u0130".repeat(4e6);
for (;;) s.toLowerCase();
