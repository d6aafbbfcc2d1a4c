// EXPECT CONTAINED: a Map of what never ends
// SPDX-License-Identifier: Apache-2.0
let n = 0;
new Map({ [Symbol.iterator]: () => ({ next: () => ({ value: [n++, n] }) }) });
