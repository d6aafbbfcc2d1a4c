// EXPECT CONTAINED: compiled to machine code before it explodes
// SPDX-License-Identifier: Apache-2.0
const r = /^(?:k+k*)+$/;
for (let i = 0; i < 1000; i++) r.test("kkk");
r.test("k".repeat(50) + "!");
