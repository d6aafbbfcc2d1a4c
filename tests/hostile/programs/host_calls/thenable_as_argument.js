// EXPECT ANY: a thenable as an argument
// SPDX-License-Identifier: Apache-2.0
await host.print({ then() { for (;;); } });
await host.print(Promise.resolve(1));
