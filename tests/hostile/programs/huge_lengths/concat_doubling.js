// EXPECT CONTAINED: a string doubles until nothing is left
// SPDX-License-Identifier: Apache-2.0
let s = "d";
const kept = [];
for (;;) {
  s += s;
  kept.push(s.charCodeAt(s.length >> 1), s.length > 2 ** 24 ? s.split("") : 0);
}
