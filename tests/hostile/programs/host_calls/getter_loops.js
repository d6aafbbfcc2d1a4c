// EXPECT CONTAINED: an argument with a getter that loops
// SPDX-License-Identifier: Apache-2.0
await host.print({ get x() { for (;;); } });
