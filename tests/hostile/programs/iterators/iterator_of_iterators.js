// EXPECT EXCEPTION: an iterator that asks for its own
// SPDX-License-Identifier: Apache-2.0
const it = { [Symbol.iterator]: () => it[Symbol.iterator]() };
[...it];
