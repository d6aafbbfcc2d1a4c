// EXPECT CONTAINED: what never ends is spread
// SPDX-License-Identifier: Apache-2.0
[...{ [Symbol.iterator]: () => ({ next: () => ({ value: {}, done: false }) }) }];
