// EXPECT ANY: zero characters in arguments and names
// SPDX-License-Identifier: Apache-2.0
await host.echo("a\u0000b");
await host["pri\u0000nt"]("x").catch(() => {});
