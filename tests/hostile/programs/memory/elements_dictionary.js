// EXPECT CONTAINED: an object of numbers far apart
// SPDX-License-Identifier: Apache-2.0
const o = {};
for (let i = 0; ; i += 100_003) o[i % 4294967295] = i;
