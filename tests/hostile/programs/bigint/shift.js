// EXPECT CONTAINED: shifted to the largest size
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0n; ; i++) kept.push(1n << (1_000_000_000n + i));
