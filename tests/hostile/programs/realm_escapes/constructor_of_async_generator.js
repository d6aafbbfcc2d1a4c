// EXPECT EXCEPTION: the constructor of async generators
// SPDX-License-Identifier: Apache-2.0
Object.getPrototypeOf(async function* () {}).constructor("yield 1")();
