// EXPECT CONTAINED: a billion holes are spread into an array
// SPDX-License-Identifier: Apache-2.0
const copy = [...new Array(2 ** 30)];
globalThis.handler = () => copy.length;
