// EXPECT ANY: a rope that leans to the right
// SPDX-License-Identifier: Apache-2.0
let s = "";
for (let i = 0; i < 500_000; i++) s = "r" + s + "";
s.indexOf("zz") + s.lastIndexOf("r");
