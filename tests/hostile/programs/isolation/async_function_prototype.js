// EXPECT OK: the prototype of async functions is as it was
// SPDX-License-Identifier: Apache-2.0
const p = Object.getPrototypeOf(async () => {});
if (p.planted !== undefined) throw new Error("planted");
p.planted = 1;
