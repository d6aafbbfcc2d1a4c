// EXPECT CONTAINED: matchAll of each character, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push([..."m".repeat(100_000).matchAll("m")]);
