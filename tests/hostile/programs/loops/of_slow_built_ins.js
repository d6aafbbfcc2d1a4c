// EXPECT CONTAINED: a loop of calls that each take long
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(30 << 20);
while (a.fill(3));
