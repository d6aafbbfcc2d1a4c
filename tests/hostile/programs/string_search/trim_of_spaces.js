// EXPECT CONTAINED: trim walks over eight million spaces, again and again
// SPDX-License-Identifier: Apache-2.0
const s = " ".repeat(8e6) + "x" + "\u3000".repeat(100);
for (;;) s.trim().length;
