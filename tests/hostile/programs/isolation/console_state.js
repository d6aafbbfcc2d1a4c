// EXPECT OK: counts and groups of console begin anew
// SPDX-License-Identifier: Apache-2.0
console.count("shared");
console.group("shared");
console.time("shared");
if (console.planted !== undefined) throw new Error("planted");
console.planted = 1;
