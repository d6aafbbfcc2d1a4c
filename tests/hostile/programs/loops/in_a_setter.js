// EXPECT CONTAINED: a loop in a setter
// SPDX-License-Identifier: Apache-2.0
({ set x(value) { for (;;); } }).x = 1;
