// EXPECT EXCEPTION: the constructor of async functions
// SPDX-License-Identifier: Apache-2.0
Object.getPrototypeOf(async () => {}).constructor("await 1")();
