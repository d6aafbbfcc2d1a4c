// EXPECT EXCEPTION: Function
// SPDX-License-Identifier: Apache-2.0
new Function("return this")();
