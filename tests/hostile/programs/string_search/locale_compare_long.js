// EXPECT ANY: localeCompare of long texts without a fast path
// SPDX-License-Identifier: Apache-2.0
const a = "\u0c15\u0c4d".repeat(2e5);
for (let i = 0; i < 1000; i++) a.localeCompare(a + i);
