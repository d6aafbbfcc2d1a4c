// EXPECT EXCEPTION: the iterator throws when it is let go
// SPDX-License-Identifier: Apache-2.0
for (const x of { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return() { throw new Error("not yet"); } }) }) break;
