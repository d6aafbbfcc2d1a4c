// EXPECT CONTAINED: a Map that grows while it is read
// SPDX-License-Identifier: Apache-2.0
const m = new Map([[0, 0]]);
m.forEach((value, key) => m.set(key + 1, value));
