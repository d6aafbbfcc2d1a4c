// EXPECT ANY: a pattern runs over a deep rope
// SPDX-License-Identifier: Apache-2.0
let s = "x";
for (let i = 0; i < 500_000; i++) s = s + "y";
/y{1000}z/.test(s);
