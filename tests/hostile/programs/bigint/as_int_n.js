// EXPECT ANY: wrapped to a width that is beyond any
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 1e5; i++) BigInt.asUintN(2 ** 53 - 1, -1n);
