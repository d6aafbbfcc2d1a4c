// EXPECT CONTAINED: a WeakMap of what never ends
// SPDX-License-Identifier: Apache-2.0
const kept = [];
new WeakMap({ [Symbol.iterator]: () => ({ next: () => ({ value: [(kept.push({}), kept.at(-1)), 1] }) }) });
