// EXPECT CONTAINED: a loop in a comparator
// SPDX-License-Identifier: Apache-2.0
[2, 1, 3].sort(() => { for (;;); });
