// EXPECT ANY: an argument that is nested a hundred thousand deep
// SPDX-License-Identifier: Apache-2.0
let node = 0;
for (let i = 0; i < 100_000; i++) node = [node];
await host.print(node);
