// EXPECT CONTAINED: ropes that share nothing
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push("left".concat(i) + "right".concat(i));
