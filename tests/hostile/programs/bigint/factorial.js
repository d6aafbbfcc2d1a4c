// EXPECT CONTAINED: a factorial without end
// SPDX-License-Identifier: Apache-2.0
let n = 1n;
for (let i = 1n; ; i++) n *= i;
