// EXPECT ANY: errors of the host, kept with their stacks
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; i < 990; i++) await host.fail("x".repeat(1000)).catch((error) => kept.push(error.stack));
