// EXPECT CONTAINED: then asks a constructor that loops
// SPDX-License-Identifier: Apache-2.0
const p = Promise.resolve(1);
p.constructor = { get [Symbol.species]() { for (;;); } };
p.then(() => {});
