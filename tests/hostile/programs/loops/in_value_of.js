// EXPECT CONTAINED: a loop in valueOf
// SPDX-License-Identifier: Apache-2.0
void (1 + { valueOf() { for (;;); } });
