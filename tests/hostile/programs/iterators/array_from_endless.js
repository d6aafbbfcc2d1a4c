// EXPECT CONTAINED: Array.from of what never ends
// SPDX-License-Identifier: Apache-2.0
Array.from({ [Symbol.iterator]: () => ({ next: () => ({ value: 0 }) }) });
