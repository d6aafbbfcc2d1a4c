// EXPECT CONTAINED: deep ropes are searched
// SPDX-License-Identifier: Apache-2.0
let rope = "r";
for (let i = 0; i < 1e6; i++) rope = rope + "opes";
for (;;) {
  rope = rope + "x";
  rope.indexOf("yy");
}
