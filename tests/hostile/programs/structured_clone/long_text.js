// EXPECT CONTAINED: a text of sixteen megabytes, again and again
// SPDX-License-Identifier: Apache-2.0
const s = "c".repeat(16e6);
const kept = [];
for (;;) kept.push(structuredClone({ s: s + kept.length }));
