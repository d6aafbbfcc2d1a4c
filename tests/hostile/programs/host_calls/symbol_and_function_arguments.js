// EXPECT ANY: what JSON has no text for
// SPDX-License-Identifier: Apache-2.0
await host.echo(Symbol("x"), () => {}, undefined, NaN, -0, new Date(NaN), new Map([[1, 2]]));
