// EXPECT CONTAINED: join of joins: each level multiplies
// SPDX-License-Identifier: Apache-2.0
let level = ["x".repeat(100)];
for (let i = 0; i < 12; i++) level = new Array(40).fill(level);
String(level).length;
