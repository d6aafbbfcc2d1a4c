// EXPECT CONTAINED: the prototype of all array iterators never ends
// SPDX-License-Identifier: Apache-2.0
Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ value: 1, done: false });
const [...all] = [1, 2, 3];
