// EXPECT CONTAINED: one line: a billion characters are spread
// SPDX-License-Identifier: Apache-2.0
const letters = [..."."["repeat"](5e8)];
globalThis.handler = () => letters.length;
