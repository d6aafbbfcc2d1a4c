// EXPECT CONTAINED: a loop in Symbol.species
// SPDX-License-Identifier: Apache-2.0
class A extends Array { static get [Symbol.species]() { for (;;); } }
new A(1, 2).map((x) => x);
