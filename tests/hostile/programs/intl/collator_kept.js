// EXPECT CONTAINED: Intl.Collator objects without end, all kept: memory that V8 does not count
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Intl.Collator("zh-u-co-stroke", { numeric: true }));
