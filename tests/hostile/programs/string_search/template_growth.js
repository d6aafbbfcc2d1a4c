// EXPECT CONTAINED: a template literal that contains itself many times
// SPDX-License-Identifier: Apache-2.0
let t = "t";
for (;;) {
  t = `${t}${t}${t}${t}`;
  t.charCodeAt(t.length - 1);
}
