// EXPECT CONTAINED: symbols without end
// SPDX-License-Identifier: Apache-2.0
const o = {};
for (;;) o[Symbol("a symbol")] = 1;
