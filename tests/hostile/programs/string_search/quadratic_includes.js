// EXPECT CONTAINED: includes where every position almost matches
// SPDX-License-Identifier: Apache-2.0
const hay = "a".repeat(12_000_000);
const needle = "a".repeat(150_000) + "b" + "a".repeat(150_000);
for (;;) hay.includes(needle);
