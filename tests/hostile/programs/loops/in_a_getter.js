// EXPECT CONTAINED: a loop in a getter
// SPDX-License-Identifier: Apache-2.0
void { get x() { for (;;); } }.x;
