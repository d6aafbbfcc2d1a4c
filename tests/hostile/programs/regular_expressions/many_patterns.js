// EXPECT CONTAINED: a new pattern each time
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; ; i++) new RegExp(`^(?:m${i}|n{${i % 50}})+$`).test("mn");
