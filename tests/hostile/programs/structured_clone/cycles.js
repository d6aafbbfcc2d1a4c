// EXPECT OK: cycles are kept
// SPDX-License-Identifier: Apache-2.0
const a = { name: "a" };
a.self = a;
a.list = [a, a];
const b = structuredClone(a);
if (b.self !== b || b.list[1] !== b || b === a) throw new Error("not a clone");
