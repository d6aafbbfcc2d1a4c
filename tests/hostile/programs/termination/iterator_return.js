// EXPECT CONTAINED: return of an iterator does not run after termination
// SPDX-License-Identifier: Apache-2.0
for (const x of { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return() { for (;;); } }) }) for (;;);
