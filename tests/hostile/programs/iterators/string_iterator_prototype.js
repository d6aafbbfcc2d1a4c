// EXPECT CONTAINED: the same for texts
// SPDX-License-Identifier: Apache-2.0
Object.getPrototypeOf(""[Symbol.iterator]()).next = () => ({ value: "x", done: false });
Array.from("abc");
