// EXPECT EXCEPTION: a BigInt as an argument
// SPDX-License-Identifier: Apache-2.0
await host.print(1n);
