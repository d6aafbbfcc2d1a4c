// EXPECT EXCEPTION: a cycle as an argument
// SPDX-License-Identifier: Apache-2.0
const a = [];
a.push(a);
await host.print(a);
