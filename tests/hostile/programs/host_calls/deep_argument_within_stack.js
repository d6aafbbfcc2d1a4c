// EXPECT ANY: an argument that is nested deeper than allowed
// SPDX-License-Identifier: Apache-2.0
let node = 0;
for (let i = 0; i < 2000; i++) node = { node };
await host.echo(node);
