// EXPECT CONTAINED: concat spreads what has any length
// SPDX-License-Identifier: Apache-2.0
[].concat(new Proxy([], { get: (t, key) => (key === "length" ? 2 ** 53 - 1 : key === Symbol.isConcatSpreadable ? true : 1), has: () => true }));
