// EXPECT CONTAINED: squared until nothing is left
// SPDX-License-Identifier: Apache-2.0
let n = 3n;
for (;;) n *= n;
