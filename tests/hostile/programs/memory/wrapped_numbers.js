// EXPECT CONTAINED: numbers as objects
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) kept.push(new Number(i), Object(Symbol("s")), Object(1n));
