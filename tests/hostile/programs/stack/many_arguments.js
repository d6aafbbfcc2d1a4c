// EXPECT EXCEPTION: each call passes on more
// SPDX-License-Identifier: Apache-2.0
const f = (...all) => f(...all, ...all, 1);
f(1);
