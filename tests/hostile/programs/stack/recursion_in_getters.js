// EXPECT EXCEPTION: a getter asks itself
// SPDX-License-Identifier: Apache-2.0
void { get x() { return this.x; } }.x;
