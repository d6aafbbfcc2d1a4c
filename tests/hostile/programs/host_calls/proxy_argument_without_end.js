// EXPECT CONTAINED: a proxy without end as an argument
// SPDX-License-Identifier: Apache-2.0
await host.print(new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 32 - 1 : 1) }));
