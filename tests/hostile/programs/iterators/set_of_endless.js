// EXPECT CONTAINED: a Set of what never ends
// SPDX-License-Identifier: Apache-2.0
let n = 0;
new Set({ [Symbol.iterator]: () => ({ next: () => ({ value: n++ }) }) });
