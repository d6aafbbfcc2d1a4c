// EXPECT CONTAINED: short slices of long texts
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push(("s".repeat(50_000) + i).slice(10, 30));
