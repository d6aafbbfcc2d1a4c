// EXPECT ANY: a million arguments
// SPDX-License-Identifier: Apache-2.0
await host.print(...new Array(100_000).fill(0));
