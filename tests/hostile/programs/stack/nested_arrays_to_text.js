// EXPECT EXCEPTION: arrays in arrays become a text
// SPDX-License-Identifier: Apache-2.0
let a = [];
for (let i = 0; i < 300_000; i++) a = [a];
String(a);
