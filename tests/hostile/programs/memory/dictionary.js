// EXPECT CONTAINED: an object of names without end
// SPDX-License-Identifier: Apache-2.0
const o = {};
for (let i = 0; ; i++) o["name" + i] = i;
