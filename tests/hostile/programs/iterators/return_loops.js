// EXPECT CONTAINED: the iterator never lets go
// SPDX-License-Identifier: Apache-2.0
for (const x of { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return() { for (;;); } }) }) break;
