// EXPECT CONTAINED: named groups make an object for each match
// SPDX-License-Identifier: Apache-2.0
const names = Array.from({ length: 500 }, (_, i) => `(?<g${i}>.)?`).join("");
const r = new RegExp(names);
const kept = [];
for (;;) kept.push(r.exec("x".repeat(500)).groups);
