// EXPECT CONTAINED: Symbol.replace is whatever one likes
// SPDX-License-Identifier: Apache-2.0
"a".replace({ [Symbol.replace]() { for (;;); } }, "");
