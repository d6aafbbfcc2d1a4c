// EXPECT CONTAINED: one name with values without end
// SPDX-License-Identifier: Apache-2.0
const h = new Headers();
for (;;) h.append("x", "y".repeat(1000));
