// EXPECT CONTAINED: an argument of a quarter of a gigabyte
// SPDX-License-Identifier: Apache-2.0
await host.print("g".repeat(2 ** 28));
