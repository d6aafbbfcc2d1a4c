// EXPECT CONTAINED: an argument with a toJSON that loops
// SPDX-License-Identifier: Apache-2.0
await host.print({ toJSON() { for (;;); } });
