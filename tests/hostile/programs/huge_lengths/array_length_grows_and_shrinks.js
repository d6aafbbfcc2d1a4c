// EXPECT CONTAINED: length set to the maximum and back, for ever
// SPDX-License-Identifier: Apache-2.0
const a = [1, 2, 3];
for (;;) {
  a.length = 2 ** 32 - 1;
  a[a.length - 1] = 1;
  a.length = 3;
}
