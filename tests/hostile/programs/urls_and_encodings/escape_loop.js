// EXPECT CONTAINED: escape makes six of one
// SPDX-License-Identifier: Apache-2.0
let s = "\u3042";
const kept = [];
for (;;) {
  s = escape(s).slice(0, 4e6) + "\u3042".repeat(1000);
  kept.push(s);
}
