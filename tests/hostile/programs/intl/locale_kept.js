// EXPECT CONTAINED: Intl.Locale objects without end, all kept: memory that V8 does not count
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Intl.Locale("az-Cyrl-AZ-u-ca-buddhist-hc-h12"));
