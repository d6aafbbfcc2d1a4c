// EXPECT CONTAINED: Promise.all of what never ends
// SPDX-License-Identifier: Apache-2.0
Promise.all({ [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) });
