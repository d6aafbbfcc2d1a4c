// EXPECT CONTAINED: a list that is as long as memory
// SPDX-License-Identifier: Apache-2.0
let list = null;
for (;;) list = { list };
