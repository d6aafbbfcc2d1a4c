// EXPECT ANY: a name of many megabytes
// SPDX-License-Identifier: Apache-2.0
await host["n".repeat(20e6)]().catch(() => {});
let node = host;
for (let i = 0; i < 100_000; i++) node = node.deeper;
await node().catch(() => {});
