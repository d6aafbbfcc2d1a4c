// EXPECT CONTAINED: parameters are sorted for ever
// SPDX-License-Identifier: Apache-2.0
const p = new URLSearchParams(Array.from({ length: 50_000 }, (_, i) => [((i * 7919) % 50_021).toString(36), "v"]));
for (;;) {
  p.append("z" + Math.random(), "1");
  p.sort();
}
