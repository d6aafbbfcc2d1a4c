// EXPECT ANY: an argument whose getter calls with the same argument
// SPDX-License-Identifier: Apache-2.0
const argument = { get x() { return host.print(argument); } };
await host.print(argument);
