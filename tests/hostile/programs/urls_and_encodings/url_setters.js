// EXPECT CONTAINED: the setters of a URL for ever
// SPDX-License-Identifier: Apache-2.0
const u = new URL("https://u:p@h:1/p?q#f");
for (let i = 0; ; i++) {
  u.host = "h" + i;
  u.pathname = "/".repeat(1000);
  u.hash = "x".repeat(1000);
}
