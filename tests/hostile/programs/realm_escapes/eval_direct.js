// EXPECT EXCEPTION: eval
// SPDX-License-Identifier: Apache-2.0
eval("1 + 1");
