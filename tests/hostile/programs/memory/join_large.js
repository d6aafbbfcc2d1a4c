// EXPECT CONTAINED: join of large texts
// SPDX-License-Identifier: Apache-2.0
new Array(400).fill("j".repeat(1 << 20)).join("").charCodeAt(5);
for (;;);
