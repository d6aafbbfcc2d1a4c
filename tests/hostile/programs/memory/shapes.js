// EXPECT CONTAINED: a hidden class for each object
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push({ ["p" + i]: 1, ["q" + i]: 2, ["r" + i]: 3 });
