// EXPECT CONTAINED: large answers, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(await host.large().catch(() => new Array(1000).fill(0)));
