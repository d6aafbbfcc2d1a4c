// EXPECT EXCEPTION: the constructor of generators
// SPDX-License-Identifier: Apache-2.0
Object.getPrototypeOf(function* () {}).constructor("yield 1")();
