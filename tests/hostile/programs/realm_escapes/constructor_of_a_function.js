// EXPECT EXCEPTION: the constructor of any function
// SPDX-License-Identifier: Apache-2.0
(() => {}).constructor("return globalThis")();
