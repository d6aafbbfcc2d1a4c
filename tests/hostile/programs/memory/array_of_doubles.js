// EXPECT CONTAINED: an array of numbers that grows
// SPDX-License-Identifier: Apache-2.0
const a = [];
for (let i = 0.5; ; i++) a.push(i);
