// EXPECT CONTAINED: names that are kept as keys
// SPDX-License-Identifier: Apache-2.0
const o = {};
for (let i = 0; ; i++) {
  o["n".repeat(100_000) + i] = 1;
  delete o["n".repeat(100_000) + i];
  if (i % 2) o["m".repeat(50_000) + i] = 1;
}
